# When a request fits what a container declares, field by field (2.5).
package framework

# Only the ends are anchored, by concatenation: "a|b" becomes "^a|b$", each half anchored on one side. Policies in the field rely on it.
anchored(pattern) := concat("", [opening(pattern), pattern, closing(pattern)])

opening(pattern) := "" if {
	startswith(pattern, "^")
} else := "^"

closing(pattern) := "" if {
	endswith(pattern, "$")
} else := "$"

text_matches(pattern, "string", text) if pattern == text

text_matches(pattern, "re2", text) if regex.match(anchored(pattern), text)

command_matches(command) if {
	count(command) == count(input.argList)
	every i, argument in input.argList {
		command[i] == argument
	}
}

working_dir_matches(working_dir) if working_dir == input.workingDir

no_new_privileges_matches(required) if required == false

no_new_privileges_matches(required) if {
	required == true
	input.noNewPrivileges == true
}

privilege_matches(_) if input.privileged == false

privilege_matches(allow_elevated) if {
	input.privileged == true
	allow_elevated == true
}

seccomp_matches(digest) if digest == input.seccompProfileSHA256

signal_matches(signals) if input.signal in signals

# --- who runs it

user_matches(user) if {
	not is_windows
	user.umask == input.umask
	identity_matches(user.user_idname, input.user)
	every group in input.groups {
		some allowed in user.group_idnames
		identity_matches(allowed, group)
	}
}

user_matches(user) if {
	is_windows
	user == input.user
}

identity_matches(rule, _) if rule.strategy == "any"

identity_matches(rule, who) if {
	rule.strategy == "id"
	rule.pattern == who.id
}

identity_matches(rule, who) if {
	rule.strategy == "name"
	rule.pattern == who.name
}

identity_matches(rule, who) if {
	rule.strategy == "re2"
	regex.match(anchored(rule.pattern), who.name)
}

# --- environment

env_matches(rule, env) if text_matches(rule.pattern, rule.strategy, env)

env_matches(rule, env) if {
	separator := indexof(env, "=")
	separator >= 0
	text_matches(rule.name, rule.name_strategy, substring(env, 0, separator))
	text_matches(rule.value, rule.value_strategy, substring(env, separator + 1, -1))
}

# Most rules are plain text: those are a set, so that many variables against many rules stay cheap.
env_is_listed(rules, env) if env in plain_env(rules)

env_is_listed(rules, env) if {
	some rule in other_env(rules)
	env_matches(rule, env)
}

plain_env(rules) := {rule.pattern | some rule in rules; rule.strategy == "string"}

other_env(rules) := [rule | some rule in rules; not is_plain_env(rule)]

is_plain_env(rule) if {
	rule.strategy == "string"
	not rule.name_strategy
}

required_is_given(rule, envs) if {
	rule.strategy == "string"
	rule.pattern in as_set(envs)
}

required_is_given(rule, envs) if {
	not is_plain_env(rule)
	some env in envs
	env_matches(rule, env)
}

as_set(list) := {item | some item in list} if is_array(list)

as_set(list) := list if is_set(list)

env_accepted(rules, envs) if {
	every rule in [rule | some rule in rules; object.get(rule, "required", false) == true] {
		required_is_given(rule, envs)
	}
	# The plain rules are held against all variables at once, the others only against what is left.
	every env in as_set(envs) - plain_env(rules) {
		some rule in other_env(rules)
		env_matches(rule, env)
	}
}

# The variables that go in: those requested or, where the policy lets the rest fall away, the largest subset that
# some candidate accepts. Two different subsets of that size leave no decision.
env_list(_) := input.envList if not allow_environment_variable_dropping

env_list(candidates) := kept if {
	allow_environment_variable_dropping
	subsets := [subset |
		some candidate in candidates
		subset := {env | some env in input.envList; env_is_listed(candidate.env_rules, env)}
	]
	size := max([count(subset) | some subset in subsets])
	largest := {subset | some subset in subsets; count(subset) == size}
	count(largest) == 1
	some kept in largest
}

accepting_env(candidates, envs) := [candidate |
	some candidate in candidates
	env_accepted(candidate.env_rules, envs)
]

# --- capabilities

capability_sets := ["ambient", "bounding", "effective", "inheritable", "permitted"]

unprivileged_capabilities := {
	"ambient": [],
	"bounding": data.defaultUnprivilegedCapabilities,
	"effective": data.defaultUnprivilegedCapabilities,
	"inheritable": [],
	"permitted": data.defaultUnprivilegedCapabilities,
}

privileged_capabilities := {
	"ambient": [],
	"bounding": data.defaultPrivilegedCapabilities,
	"effective": data.defaultPrivilegedCapabilities,
	"inheritable": data.defaultPrivilegedCapabilities,
	"permitted": data.defaultPrivilegedCapabilities,
}

capabilities_of(container, _) := container.capabilities if container.capabilities != null

capabilities_of(container, privileged) := defaults if {
	container.capabilities == null
	defaults := default_capabilities(container.allow_elevated, privileged)
}

default_capabilities(true, true) := privileged_capabilities

default_capabilities(allow_elevated, privileged) := unprivileged_capabilities if {
	not both(allow_elevated, privileged)
}

both(true, true) := true

# Mostly the order is the same too.
same_members(left, right) if {
	is_array(left)
	left == right
}

same_members(left, right) if {
	count(left) == count(right)
	every member in left {
		member in right
	}
	every member in right {
		member in left
	}
}

capabilities_match(allowed, wanted) if {
	every name in capability_sets {
		same_members(allowed[name], wanted[name])
	}
}

# As for the environment: what was requested or, with dropping, the largest acceptable part if only one is the largest.
capability_list(_, _) := input.capabilities if not allow_capability_dropping

capability_list(candidates, privileged) := kept if {
	allow_capability_dropping
	largest := largest_capability_subsets(candidates, privileged)
	count(largest) == 1
	some kept in largest
}

largest_capability_subsets(candidates, privileged) := largest if {
	subsets := [subset |
		some candidate in candidates
		subset := capability_subset(capabilities_of(candidate, privileged))
	]
	size := max([capability_count(subset) | some subset in subsets])
	largest := {subset | some subset in subsets; capability_count(subset) == size}
}

capability_subset(allowed) := {name: [capability | some capability in input.capabilities[name]; capability in allowed[name]] |
	some name in capability_sets
}

capability_count(subset) := count([capability | some name in capability_sets; some capability in subset[name]])

accepting_capabilities(candidates, capabilities, privileged) := [candidate |
	some candidate in candidates
	capabilities_match(capabilities_of(candidate, privileged), capabilities)
]

# --- mounts

mounts_accepted(container) if {
	every mount in input.mounts {
		mount_accepted(container.mounts, container.allow_elevated, mount)
	}
}

mount_accepted(mounts, _, mount) if {
	some constraint in mounts
	mount_matches(constraint, mount)
}

mount_accepted(_, _, mount) if {
	some constraint in data.defaultMounts
	mount_matches(constraint, mount)
}

mount_accepted(_, allow_elevated, mount) if {
	allow_elevated == true
	some constraint in data.privilegedMounts
	mount_matches(constraint, mount)
}

# A pod's own sandbox container gets a writable /sys from the container runtime, workloads do not.
mount_accepted(_, _, mount) if {
	input.isSandboxContainer == true
	mount.type == "sysfs"
	mount.source == "sysfs"
	mount.destination == "/sys"
	same_members(mount.options, ["nosuid", "noexec", "nodev", "rw"])
}

mount_matches(constraint, mount) if {
	constraint.type == mount.type
	mount.destination != ""
	constraint.destination == mount.destination
	same_members(constraint.options, mount.options)
	source_matches(constraint.source, mount.source)
}

source_matches(pattern, source) if pattern == source

source_matches(pattern, source) if {
	startswith(pattern, data.sandboxPrefix)
	regex.match(anchored(replace(pattern, data.sandboxPrefix, input.sandboxDir)), source)
}

source_matches(pattern, source) if {
	startswith(pattern, data.hugePagesPrefix)
	regex.match(anchored(replace(pattern, data.hugePagesPrefix, input.hugePagesDir)), source)
}

source_matches(pattern, source) if {
	startswith(pattern, data.plan9Prefix)
	data.metadata.p9mounts[source] == input.containerID
}
