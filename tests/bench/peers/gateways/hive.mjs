// Hive Gateway with the schema and the resolvers that the other two have: hive.mjs PORT UPSTREAM_PORT
// Added to a supergraph of one empty subgraph (additionalTypeDefs and additionalResolvers, as its documentation extends a schema) with jit on:
// cheaper for it than reading the same answers through OpenAPI subgraphs (hive_openapi.mjs), which know no joins.
import { createServer } from "node:http";
import { createGatewayRuntime } from "@graphql-hive/gateway";
import { Pool } from "undici";
import { count, prove, resolvers, typeDefs } from "./shared.mjs";

const [port, upstream] = process.argv.slice(2).map(Number);
const pools = Object.fromEntries(
  ["customers", "routing", "survey", "feedback", "knowledge"].map((name) => [name, new Pool(`http://127.0.0.1:${upstream}`, { connections: 64 })]),
);
async function views(service, id, sections) {
  const { body } = await pools[service].request({
    method: "POST",
    path: `/${service}/internal/v1/customers/views`,
    headers: { "content-type": "application/json", authorization: "Bearer inside" },
    body: JSON.stringify({ customer_ids: [id], sections }),
  });
  return body.json();
}
const supergraph = `
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) { query: Query }
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar join__FieldSet
scalar link__Import
enum join__Graph { EMPTY @join__graph(name: "empty", url: "http://127.0.0.1:1/graphql") }
enum link__Purpose { SECURITY EXECUTION }
type Query @join__type(graph: EMPTY) { nothing: Boolean @join__field(graph: EMPTY) }`;
const gateway = createGatewayRuntime({
  supergraph,
  additionalTypeDefs: typeDefs.replace("type Query", "extend type Query"),
  additionalResolvers: resolvers,
  jit: true,
  logging: false,
  landingPage: false,
  graphiql: false,
  healthCheckEndpoint: "/health",
  plugins: () => [
    {
      onContextBuilding({ context, extendContext }) {
        count(context.params.query);
        extendContext({ principal: prove({ authorization: context.request.headers.get("authorization") }), views });
      },
    },
  ],
});
createServer(gateway).listen(port, "127.0.0.1", () => console.log("ready"));
