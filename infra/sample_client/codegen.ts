// What is generated: types of every document below src, and the documents by their SHA-256 for ANTIPHON_GATEWAY_DOCUMENTS_FILE.
import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../../gateway/schema.graphql",
  documents: ["src/**/*.ts", "!src/gql/**"],
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: "sha256" } },
      config: { useTypeImports: true, strictScalars: true, scalars: { DateTime: "string", JSON: "unknown", UUID: "string" } },
    },
  },
};

export default config;
