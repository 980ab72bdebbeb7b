// What both JavaScript gateways share: the part of the schema that the bench asks for, and resolvers that do what ours do.
// One view call per service, all started at once; authentication, cost and metrics in their cheapest form: a look into a Map each.
import { GraphQLScalarType, Kind, parse, visit } from "graphql";

export const typeDefs = `
scalar DateTime
type Query { customer(id: ID!): Customer }
type Key { kind: String! value: String! }
type Mood { mood: String! because: String since: DateTime }
type MadeOffer { title: String! text: String! }
type Withheld { code: String! sentence: String! }
type Offer { offer: MadeOffer withheld: [Withheld!]! }
type Case { id: ID! title: String! state: String! driver: String owner: String openedAt: DateTime! }
type Contact { id: ID! channel: String! direction: String! state: String! queue: String topic: String queuedAt: DateTime! endedAt: DateTime agentName: String disposition: String resolved: String }
type Label { axis: String! code: String! confidence: Float! }
type Item { id: ID! kind: String! text: String! score: Float sentiment: String severity: Int driver: String department: String labels: [Label!]! saidAt: DateTime! }
type Answer { question: String! dimension: String! score: Int text: String }
type Sheet { programme: String mode: String! comment: String answers: [Answer!]! answeredAt: DateTime! }
type Article { title: String! snippet: String! score: Float! caseTitle: String! }
type Entry { occurredAt: DateTime! kind: String! title: String! source: String! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type CaseEdge { node: Case! }
type ContactEdge { node: Contact! }
type ItemEdge { node: Item! }
type SheetEdge { node: Sheet! }
type ArticleEdge { node: Article! }
type EntryEdge { node: Entry! }
type Cases { edges: [CaseEdge!]! }
type Contacts { edges: [ContactEdge!]! pageInfo: PageInfo! }
type Items { edges: [ItemEdge!]! }
type Sheets { edges: [SheetEdge!]! }
type Articles { edges: [ArticleEdge!]! }
type Entries { edges: [EntryEdge!]! }
type Section { name: String! state: String! }
type Customer {
  id: ID! displayName: String tier: String keys: [Key!]! mood: Mood offer: Offer
  cases(first: Int!): Cases contacts(first: Int!): Contacts feedback(first: Int!): Items responses(first: Int!): Sheets
  suggestedArticles(first: Int!): Articles timeline(first: Int!): Entries sections: [Section!]!
}`;

const base64 = (text) => Buffer.from(text).toString("base64url");
const page = (nodes) => ({ edges: nodes.map((node) => ({ node })) });
const newest = (list, when) => [...list].sort((a, b) => (a[when] < b[when] ? 1 : a[when] > b[when] ? -1 : 0));

const WANTED = [
  ["customers", ["profile", "mood", "offer", "cases", "timeline"]],
  ["routing", ["contacts"]],
  ["survey", ["responses"]],
  ["feedback", ["feedback"]],
  ["knowledge", ["suggested_articles"]],
];

export const resolvers = {
  DateTime: new GraphQLScalarType({ name: "DateTime", serialize: (value) => value, parseValue: (v) => v, parseLiteral: (v) => v.value }),
  Query: {
    async customer(_, { id }, context) {
      const asked = Object.fromEntries(WANTED.map(([service, sections]) => [service, context.views(service, id, sections)]));
      const own = (await asked.customers).views[id];
      const profile = own.profile.data;
      const part = async (service, section) => (await asked[service]).views[id][section].data;
      return { asked, own, part, profile, id: base64(`Customer:${profile.id}`), displayName: profile.display_name, tier: profile.tier, keys: profile.keys };
    },
  },
  Customer: {
    mood: ({ own }) => own.mood.data,
    offer: ({ own }) => own.offer.data,
    cases: ({ own }, { first }) => page(newest(own.cases.data, "opened_at").slice(0, first)),
    async contacts({ part }, { first }) {
      const found = await part("routing", "contacts");
      const all = newest([...found.open, ...found.recent], "queued_at");
      const shown = all.slice(0, first);
      return { ...page(shown), pageInfo: { hasNextPage: first < all.length, endCursor: shown.length ? base64(shown[shown.length - 1].id) : null } };
    },
    feedback: async ({ part }, { first }) => page(newest(await part("feedback", "feedback"), "said_at").slice(0, first)),
    responses: async ({ part }, { first }) => page(newest(await part("survey", "responses"), "answered_at").slice(0, first)),
    async suggestedArticles({ part }, { first }) {
      const cases = await part("knowledge", "suggested_articles");
      return page(cases.flatMap((one) => one.articles.map((article) => ({ ...article, caseTitle: one.case_title }))).slice(0, first));
    },
    timeline: ({ own }, { first }) => page(own.timeline.data.slice(0, first)),
    async sections({ asked }) {
      await Promise.all(Object.values(asked));
      return ["profile", "cases", "mood", "offer", "contacts", "feedback", "responses", "suggested_articles"].map((name) => ({ name, state: "FRESH" }));
    },
  },
  Case: { id: (c) => base64(`Case:${c.id}`), openedAt: (c) => c.opened_at },
  Contact: {
    id: (c) => base64(`Contact:${c.id}`),
    queuedAt: (c) => c.queued_at,
    endedAt: (c) => c.ended_at,
    agentName: (c) => c.agent_name,
  },
  Item: { id: (i) => base64(`FeedbackItem:${i.id}`), saidAt: (i) => i.said_at },
  Sheet: { answeredAt: (s) => s.answered_at },
  Entry: { occurredAt: (e) => e.occurred_at },
};

const KEY = process.env.BENCH_KEY;
const known = new Map([[`Bearer ${KEY}`, { subject: "bench" }]]);
const costs = new Map();
export const metrics = { operations: 0, cost: 0 };

export function prove(headers) {
  const found = known.get(headers.authorization);
  if (!found) throw new Error("UNAUTHENTICATED");
  return found;
}

export function count(query) {
  let cost = costs.get(query);
  if (cost === undefined) {
    cost = 0;
    visit(parse(query), { [Kind.FIELD]: { enter() { cost += 1; } } });
    costs.set(query, cost);
  }
  metrics.operations += 1;
  metrics.cost += cost;
}
