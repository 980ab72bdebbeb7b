// What an agent's desk asks: the unified customer, and writing up a solved case.
import { Antiphon } from "./client";
import { graphql } from "./gql";

const View = graphql(`
  query DeskView($value: String!) {
    customerByKey(kind: ACCOUNT, value: $value) {
      id
      displayName
      mood { mood because }
      cases(first: 5) { edges { node { id title status owner } } }
      timeline(first: 20) { edges { node { occurredAt title source } } pageInfo { hasNextPage endCursor } }
      offer { offer { title text } withheld { sentence } }
      sections { name state asOf }
    }
  }
`);

const Known = graphql(`
  query DeskKnown($kind: IdentityKeyKind!, $value: String!) {
    customerByKey(kind: $kind, value: $value) { id }
  }
`);

const Resolve = graphql(`
  mutation DeskResolve($id: ID!) {
    resolveCase(id: $id) { entity { id status } userErrors { field code message } }
  }
`);

export async function openCases(antiphon: Antiphon, account: string): Promise<string[]> {
  const { data } = await antiphon.ask(View, { value: account });
  const customer = data?.customerByKey;
  const stale = customer?.sections.filter((section) => section.state !== "FRESH").map((section) => section.name) ?? [];
  const open = customer?.cases?.edges.map((edge) => edge.node).filter((one) => one.status === "OPEN") ?? [];
  return [...open.map((one) => one.title), ...stale.map((name) => `${name} may be out of date`)];
}

export async function isKnown(antiphon: Antiphon, phone: string): Promise<boolean> {
  const { data } = await antiphon.ask(Known, { kind: "PHONE", value: phone });
  return data?.customerByKey != null;
}

export async function resolve(antiphon: Antiphon, id: string): Promise<string | null> {
  const { data } = await antiphon.ask(Resolve, { id });
  const [refusal] = data?.resolveCase.userErrors ?? [];
  return refusal ? `${refusal.field ?? "case"}: ${refusal.message}` : null;
}
