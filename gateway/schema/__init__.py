"""The GraphQL schema, hand-mapped from the services' views."""
