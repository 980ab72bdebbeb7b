// Mercurius with graphql-jit and a pool of undici per service: mercurius.mjs PORT UPSTREAM_PORT
import Fastify from "fastify";
import mercurius from "mercurius";
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
const app = Fastify({ logger: false });
app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: 1,
  context: (request) => ({ principal: prove(request.headers), views }),
});
app.addHook("preHandler", async (request) => count(request.body.query));
await app.listen({ port, host: "127.0.0.1" });
console.log("ready");
