# Policy fragments and transparency trust lists: policy that others sign (2.6).
#
# A fragment is asked about twice. First it is only an issuer and a feed, and its module is not compiled yet; then, compiled, its own
# version counts and what it contributes is taken over into the metadata.
package framework

default load_fragment := {"allowed": false}

load_fragment := {"allowed": true, "parameters": fragment_parameter_sets} if {
	not input.fragment_loaded
	some declared in imports_of_input
	header_svn_accepted(declared)
	receipts_accepted(declared)
}

load_fragment := {
	"allowed": true,
	"add_module": add_module,
	"metadata": array.concat([issuer_with(declared.includes)], nested_parameters(declared.includes)),
} if {
	input.fragment_loaded
	some declared in imports_of_input
	fragment_svn_accepted(declared.minimum_svn)
	add_module := "namespace" in declared.includes
}

imports_of_input := [declared |
	some declared in candidate_imports
	declared.issuer == input.issuer
	declared.feed == input.feed
]

# --- security version numbers

# Version strings as versions are an old habit; numbers, or strings of numbers, are the rule.
svn_at_least(svn, minimum) if {
	semver.is_valid(svn)
	semver.is_valid(minimum)
	semver.compare(svn, minimum) >= 0
}

svn_at_least(svn, minimum) if to_number(svn) >= to_number(minimum)

header_svn_accepted(_) if not input.has_header_svn

header_svn_accepted(declared) if {
	input.has_header_svn
	svn_at_least(input.header_svn, declared.minimum_svn)
}

module_svn := data[input.namespace].svn

module_has_svn if module_svn != null

fragment_svn_accepted(minimum) if {
	not input.has_header_svn
	svn_at_least(module_svn, minimum)
}

fragment_svn_accepted(minimum) if {
	input.has_header_svn
	module_has_svn
	to_number(module_svn) == to_number(input.header_svn)
	svn_at_least(input.header_svn, minimum)
}

fragment_svn_accepted(minimum) if {
	input.has_header_svn
	not module_has_svn
	svn_at_least(input.header_svn, minimum)
}

# --- receipts

receipts_accepted(declared) if {
	every wanted in object.get(declared, "required_receipts", []) {
		receipt_given(wanted)
	}
}

receipt_given("*") if count(input.receipts) > 0

receipt_given(wanted) if {
	some receipt in input.receipts
	startswith(wanted, "TTL:")
	substring(wanted, count("TTL:"), -1) in receipt.ttl_subjects
}

receipt_given(wanted) if {
	not startswith(wanted, "TTL:")
	some receipt in input.receipts
	receipt.issuer == wanted
}

# --- parameters

fragment_parameter_sets := array.concat(
	[entry.parameters |
		some entry in data.metadata.fragment_parameters
		entry.issuer == input.issuer
		entry.feed == input.feed
	],
	# A policy's own text is a literal: where it leaves a member out, the compiler knows that it is never there.
	[parameters |
		some declared in raw_imports
		declared.issuer == input.issuer
		declared.feed == input.feed
		parameters := object.get(declared, "parameters", null)
		parameters != null
	],
)

# What this fragment's own imports ask of the fragments below it.
nested_parameters(includes) := [operation |
	"fragments" in includes
	some nested in contributed_fragments
	operation := {
		"name": "fragment_parameters",
		"type": "set",
		"action": "add",
		"value": {"issuer": nested.issuer, "feed": nested.feed, "parameters": nested.parameters},
	}
]

# --- what a load leaves behind

fragment_framework_version := version if {
	version := data[input.namespace].framework_version
} else := version if {
	version := data[input.namespace].framework_svn
}

# One rule a list: a reference that leaves both the package and the name open would count as a reference to every rule there is.
default contributed_containers := []

contributed_containers := data[input.namespace].containers

default contributed_fragments := []

contributed_fragments := data[input.namespace].fragments

default contributed_external_processes := []

contributed_external_processes := data[input.namespace].external_processes

default contributed_transparency_trust_lists := []

contributed_transparency_trust_lists := data[input.namespace].transparency_trust_lists

default contributed_platform_rules := []

contributed_platform_rules := data[input.namespace].platform_rules

contributed := {
	"containers": contributed_containers,
	"fragments": contributed_fragments,
	"external_processes": contributed_external_processes,
	"transparency_trust_lists": contributed_transparency_trust_lists,
	"platform_rules": contributed_platform_rules,
}

# Undefined for a fragment without a framework version or with a newer one, which denies the load.
contribution(includes) := {kind: items |
	some kind, declared in contributed
	kind in includes
	items := upgraded_list(kind, declared, fragment_framework_version)
} if {
	not is_newer(fragment_framework_version)
	semver.is_valid(fragment_framework_version)
}

issuer_with(includes) := {
	"name": "issuers",
	"action": "update",
	"key": input.issuer,
	"value": {"feeds": object.union(known_feeds, {input.feed: array.concat([contribution(includes)], known_loads)})},
}

default known_feeds := {}

known_feeds := data.metadata.issuers[input.issuer].feeds

default known_loads := []

known_loads := data.metadata.issuers[input.issuer].feeds[input.feed]

# --- transparency trust lists

default load_transparency_trust_list := {"allowed": false}

load_transparency_trust_list := {"allowed": true, "ledgers": ledgers} if {
	ledgers := permitted_ledgers
	count(ledgers) > 0
}

trust_lists_of_input := [declared |
	some declared in candidate_trust_lists
	declared.issuer == input.issuer
	declared.subject == input.subject
	svn_at_least(input.svn, declared.minimum_svn)
]

permitted_ledgers := [ledger |
	some ledger in input.ledgers
	ledger_permitted(ledger)
]

ledger_permitted(ledger) if {
	some declared in trust_lists_of_input
	ledger in declared.allowed_ledgers
}

ledger_permitted(_) if {
	some declared in trust_lists_of_input
	"*" in declared.allowed_ledgers
}
