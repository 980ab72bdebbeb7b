"""GraphQL documents that the story runs."""

CUSTOMER_VIEW = """
query CustomerView($key: IdentityKeyInput!) {
  customer(key: $key) {
    id
    displayName
    mood { mood }
    sections { name state asOf reason }
    timeline(first: 50) { edges { node { uid kind title occurredAt } } }
    feedback(first: 10) { edges { node { id kind driver sentiment severity } } }
    followUps(first: 10) { edges { node { id issue state } } }
    cases(first: 10) { edges { node { id title state } } }
    suggestedArticles(first: 5) { edges { node { articleId title } } }
    offer { offer { title } withheld { code sentence } }
  }
}
"""
