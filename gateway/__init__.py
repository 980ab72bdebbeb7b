"""Gateway is the one door: it proves who asks, and composes what the services know into one customer.

Owns: access keys.
Publishes: gateway.key_issued.v1, gateway.key_revoked.v1.
Listens to: nothing.
Never: keeps business data, or decides anything about a customer.
"""
