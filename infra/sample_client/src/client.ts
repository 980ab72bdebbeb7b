// One function: send a typed document, get typed data and the errors that came beside it. The answer may be partial: a silent service costs
// its own part, which is then null, with one error that names the service.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";

export interface Trouble {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; service?: string; retryable?: boolean; errorId?: string };
}

export interface Answer<Data> {
  data: Data | null;
  errors: Trouble[];
  cost: number | null;
}

export class Antiphon {
  constructor(
    private readonly address: string,
    private readonly key: string,
  ) {}

  async ask<Data, Variables extends Record<string, unknown>>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Answer<Data>> {
    const response = await fetch(`${this.address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const body = (await response.json()) as { data?: Data | null; errors?: Trouble[]; extensions?: { cost?: number } };
    return { data: body.data ?? null, errors: body.errors ?? [], cost: body.extensions?.cost ?? null };
  }
}
