// Hive Gateway as its users connect REST services: OpenAPI documents composed by GraphQL Mesh, one subgraph per service.
// hive_openapi.mjs PORT UPSTREAM_PORT FOLDER_OF_DOCUMENTS
// OpenAPI knows no joins: every service is a root field of its own, in the words of its JSON. No global ids, no pages, no order, no states of
// sections: a simpler task than that of the others.
import { createServer } from "node:http";
import { join } from "node:path";
import { createGatewayRuntime } from "@graphql-hive/gateway";
import { getComposedSchemaFromConfig } from "@graphql-mesh/compose-cli";
import { loadOpenAPISubgraph } from "@omnigraph/openapi";
import { count, prove } from "./shared.mjs";

const [port, upstream] = process.argv.slice(2, 4).map(Number);
const folder = process.argv[4];
const quiet = { log() {}, debug() {}, info() {}, warn() {}, error: console.error, child: () => quiet };
const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: ["customers", "routing", "survey", "feedback", "knowledge"].map((name) => ({
      sourceHandler: loadOpenAPISubgraph(name, {
        source: join(folder, `${name}.json`),
        endpoint: `http://127.0.0.1:${upstream}`,
        operationHeaders: { authorization: "Bearer inside" },
      }),
    })),
  },
  quiet,
);
const gateway = createGatewayRuntime({
  supergraph,
  jit: true,
  logging: false,
  landingPage: false,
  graphiql: false,
  healthCheckEndpoint: "/health",
  plugins: () => [
    {
      onContextBuilding({ context, extendContext }) {
        count(context.params.query);
        extendContext({ principal: prove({ authorization: context.request.headers.get("authorization") }) });
      },
    },
  ],
});
createServer(gateway).listen(port, "127.0.0.1", () => console.log("ready"));
