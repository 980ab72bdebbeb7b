"""How a GraphQL request becomes an answer: documents prepared once, errors that tell the client only what it needs."""
