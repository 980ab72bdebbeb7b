"use strict";

/* GraphiQL over this host's /graphql. The key stays in this tab's session storage; streams come as server-sent events. */

const EXAMPLES = [
  {
    query: `# The unified customer, over every service.
# Ctrl+Enter asks.
query Customer(
  $kind: IdentityKeyKind!
  $value: String!
) {
  customerByKey(kind: $kind, value: $value) {
    displayName
    language
    mood { mood because }
    offer {
      offer { title text }
      withheld { code sentence }
    }
    timeline(first: 20) {
      edges { node { occurredAt title source } }
      pageInfo { endCursor hasNextPage }
    }
    cases(first: 5) {
      edges { node { title status openedAt } }
    }
    followUps(first: 5) {
      edges { node { issue state dueAt owner } }
    }
    feedback(first: 10) {
      edges {
        node { kind text sentiment department }
      }
    }
    contacts(first: 5) {
      edges { node { channel disposition } }
    }
    suggestedArticles(first: 5) {
      edges { node { title snippet caseTitle } }
    }
    sections { name state asOf reason }
  }
}`,
    variables: JSON.stringify({ kind: "ACCOUNT", value: "C-1001" }, null, 2),
  },
  {
    query: `# 1. An order call ends.
# Survey waits for the delivery before it asks.
mutation EndContact($contact: EndContactInput!) {
  endContact(input: $contact) {
    entity { id uid disposition orderReference }
    userErrors { field code message }
  }
}`,
    variables: JSON.stringify(
      {
        contact: {
          externalId: "call-4711",
          channel: "voice",
          direction: "inbound",
          customerKey: { kind: "account", value: "C-1001" },
          startedAt: "2026-11-23T09:00:00Z",
          endedAt: "2026-11-23T09:06:30Z",
          disposition: "order placed",
          orderReference: "R-77",
        },
      },
      null,
      2,
    ),
  },
  {
    query: `# 2. Whom did survey ask, whom not, and why?
query Decisions {
  decisions(first: 10) {
    edges {
      node {
        programme
        outcome
        reason
        sentence
        waitsFor
        nextPossibleAt
        rules { rule verdict sentence }
      }
    }
  }
}`,
  },
  {
    query: `# 3. What is owed to customers,
# and what an agent is asked to take.
query Work($agent: String!) {
  followUps(first: 10, state: "open") {
    edges {
      node {
        issue
        severity
        dueAt
        wantsCallBack
        customer { displayName }
      }
    }
  }
  agentOffers(agent: $agent) {
    why
    reservation { id expiresAt }
    contact { channel topic language }
  }
}`,
    variables: JSON.stringify({ agent: "agent-1" }, null, 2),
  },
  {
    query: `# 4. What drives contacts, what it costs,
# and where the cycle is broken.
query Insight {
  drivers(first: 10) {
    edges {
      node {
        driver
        department
        contacts
        handleMinutes
        cost { amount currency }
        negative { value interval { low high } }
      }
    }
  }
  metric(name: "csat") {
    value
    n
    interval { low high method }
    withheld
  }
  cycleHealth {
    sentence
    stages { stage state sentence }
  }
}`,
  },
  {
    query: `# 5. Live: every new fact of a customer,
# as it becomes visible.
subscription Live($customer: ID!) {
  customerTimeline(customerId: $customer) {
    occurredAt
    title
    source
  }
}`,
    variables: JSON.stringify({ customer: "put the customer's id here" }, null, 2),
  },
];

const field = document.getElementById("key");
const state = document.getElementById("state");
field.value = sessionStorage.getItem("antiphon-key") ?? "";
field.addEventListener("change", () => {
  sessionStorage.setItem("antiphon-key", field.value.trim());
  draw();
});

function headersOf(accept, more) {
  const headers = { ...more, "Content-Type": "application/json", Accept: accept };
  if (field.value.trim()) headers.Authorization = `Bearer ${field.value.trim()}`;
  return headers;
}

async function* streamed(parameters, more) {
  const stop = new AbortController();
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: headersOf("text/event-stream", more),
      body: JSON.stringify(parameters),
      signal: stop.signal,
    });
    if (!response.headers.get("content-type").startsWith("text/event-stream")) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        if (event.startsWith("event: next\ndata: ")) yield JSON.parse(event.slice("event: next\ndata: ".length));
      }
    }
  } finally {
    stop.abort();
  }
}

async function fetcher(parameters, options) {
  const streams = options?.documentAST?.definitions.some(
    (part) =>
      part.kind === "OperationDefinition" &&
      part.operation === "subscription" &&
      (!parameters.operationName || part.name?.value === parameters.operationName),
  );
  if (streams) return streamed(parameters, options?.headers);
  const response = await fetch("/graphql", {
    method: "POST",
    headers: headersOf("application/json", options?.headers),
    body: JSON.stringify(parameters),
  });
  return response.json();
}

const root = ReactDOM.createRoot(document.getElementById("workbench"));

/* A new key means a new reader of the schema: the key of the element makes GraphiQL ask again. Without one nobody asks:
   a page that begins with an error looks broken. */
function draw() {
  const known = field.value.trim() !== "";
  state.textContent = known ? "Kept for this tab." : "No key yet? “make key” prints one.";
  const more = known ? {} : { schema: null };
  root.render(React.createElement(GraphiQL, { key: field.value, fetcher, defaultTabs: EXAMPLES, shouldPersistHeaders: false, ...more }));
}

draw();
