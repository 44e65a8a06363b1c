# Everything that the policy and the fragments loaded so far would accept.
package framework

default raw_containers := []

raw_containers := data.policy.containers

default raw_external_processes := []

raw_external_processes := data.policy.external_processes

default raw_imports := []

raw_imports := data.policy.fragments

default raw_platform_rules := []

raw_platform_rules := data.policy.platform_rules

default raw_trust_lists := []

raw_trust_lists := data.policy.transparency_trust_lists

# What fragments contributed: one entry a load, under each feed of each issuer (2.6).
from_fragments(kind) := [item |
	some issuer in data.metadata.issuers
	some loads in issuer.feeds
	some load in loads
	some item in load[kind]
]

candidate_platform_rules := array.concat(
	upgraded_list("platform_rules", raw_platform_rules, policy_version),
	from_fragments("platform_rules"),
)

declared_containers := array.concat(
	upgraded_list("containers", raw_containers, policy_version),
	from_fragments("containers"),
)

candidate_containers := declared_containers if count(candidate_platform_rules) == 0

# Platform rules are alternatives: a container may use one of them, never a mixture.
candidate_containers := [extended |
	some container in declared_containers
	some rule in candidate_platform_rules
	extended := with_platform_rule(container, rule)
] if {
	count(candidate_platform_rules) > 0
}

with_platform_rule(container, rule) := object.union(container, {
	"env_rules": array.concat(object.get(container, "env_rules", []), object.get(rule, "env_rules", [])),
	"mounts": array.concat(object.get(container, "mounts", []), object.get(rule, "mounts", [])),
})

candidate_external_processes := array.concat(
	upgraded_list("external_processes", raw_external_processes, policy_version),
	from_fragments("external_processes"),
)

candidate_imports := array.concat(
	upgraded_list("fragments", raw_imports, policy_version),
	from_fragments("fragments"),
)

candidate_trust_lists := array.concat(
	upgraded_list("transparency_trust_lists", raw_trust_lists, policy_version),
	from_fragments("transparency_trust_lists"),
)

# --- flags of the policy: absent is false

default allow_environment_variable_dropping := false

allow_environment_variable_dropping if data.policy.allow_environment_variable_dropping == true

default allow_unencrypted_scratch := false

allow_unencrypted_scratch if data.policy.allow_unencrypted_scratch == true

default allow_capability_dropping := false

allow_capability_dropping if {
	data.policy.allow_capability_dropping == true
	at_least(policy_version, "0.2.2")
}
