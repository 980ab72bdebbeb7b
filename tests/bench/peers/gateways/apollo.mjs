// Apollo Server with RESTDataSource, as its documentation shows it: apollo.mjs PORT UPSTREAM_PORT
import { RESTDataSource } from "@apollo/datasource-rest";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { count, prove, resolvers, typeDefs } from "./shared.mjs";

const [port, upstream] = process.argv.slice(2).map(Number);
class Services extends RESTDataSource {
  baseURL = `http://127.0.0.1:${upstream}/`;
  views(service, id, sections) {
    return this.post(`${service}/internal/v1/customers/views`, {
      body: { customer_ids: [id], sections },
      headers: { authorization: "Bearer inside" },
    });
  }
}
const server = new ApolloServer({
  typeDefs,
  resolvers,
  plugins: [{ async requestDidStart() { return { async didResolveOperation({ request }) { count(request.query); } }; } }],
});
await startStandaloneServer(server, {
  listen: { port, host: "127.0.0.1" },
  context: async ({ req }) => {
    const services = new Services({ cache: server.cache });
    return { principal: prove(req.headers), views: (...asked) => services.views(...asked) };
  },
});
console.log("ready");
