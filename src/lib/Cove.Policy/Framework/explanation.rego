# Which fields keep a request from each container that could have been meant. The owner is told; nothing here decides.
# Evaluated after a denial, with the point's name as input.rule. One entry a container, in the order of what was matched.
package framework

# Named by position, so that no value of the request has to leave with the explanation.
mismatches := [found |
	some container in matched
	found := {
		"fields": [field | some field in created_fields; not create_field_matches(container, field)],
		"env": unlisted_positions(container.env_rules),
		"required": missing_positions(container.env_rules),
		"mounts": [i | some i, mount in input.mounts; not mount_accepted(container.mounts, container.allow_elevated, mount)],
	}
] if {
	input.rule == "create_container"
}

mismatches := [found |
	some container in matched
	found := {
		"fields": [field | some field in executed_fields; not exec_field_matches(container, field)],
		"env": unlisted_positions(container.env_rules),
		"required": missing_positions(container.env_rules),
		"mounts": [],
	}
] if {
	input.rule == "exec_in_container"
}

mismatches := [found |
	some process in candidate_external_processes
	found := {
		"fields": [field | some field in external_fields; not external_field_matches(process, field)],
		"env": unlisted_positions(process.env_rules),
		"required": missing_positions(process.env_rules),
		"mounts": [],
	}
] if {
	input.rule == "exec_external"
}

created_fields := ["command", "user", "allow_elevated", "working_dir", "seccomp_profile_sha256", "no_new_privileges", "capabilities"]

create_field_matches(container, "command") if command_matches(container.command)

create_field_matches(container, "user") if user_matches(container.user)

create_field_matches(container, "allow_elevated") if privilege_matches(container.allow_elevated)

create_field_matches(container, "working_dir") if working_dir_matches(container.working_dir)

create_field_matches(container, "seccomp_profile_sha256") if seccomp_matches(container.seccomp_profile_sha256)

create_field_matches(container, "no_new_privileges") if no_new_privileges_matches(container.no_new_privileges)

create_field_matches(container, "capabilities") if {
	count(accepting_capabilities([container], capability_list([container], input.privileged), input.privileged)) == 1
}

executed_fields := ["exec_processes", "user", "working_dir", "no_new_privileges", "capabilities"]

exec_field_matches(container, "exec_processes") if lists_exec(container)

exec_field_matches(container, "user") if user_matches(container.user)

exec_field_matches(container, "working_dir") if working_dir_matches(container.working_dir)

exec_field_matches(container, "no_new_privileges") if no_new_privileges_matches(container.no_new_privileges)

exec_field_matches(container, "capabilities") if {
	count(accepting_capabilities([container], capability_list([container], started_privileged), started_privileged)) == 1
}

external_fields := ["command", "working_dir"]

external_field_matches(process, "command") if command_matches(process.command)

external_field_matches(process, "working_dir") if working_dir_matches(process.working_dir)

# Where variables may fall away, one that no rule knows is no reason.
unlisted_positions(rules) := [i |
	not allow_environment_variable_dropping
	some i, env in input.envList
	not env_is_listed(rules, env)
]

missing_positions(rules) := [i |
	some i, rule in rules
	object.get(rule, "required", false) == true
	not required_is_given(rule, input.envList)
]
