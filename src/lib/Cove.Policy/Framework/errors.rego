# Why a request was denied: the sentences that tools compare (2.8). Evaluated only after a denial, with the point's name as input.rule.
package framework

reason := {"errors": errors, "error_objects": error_objects}

errors contains sprintf("framework_version is missing. Current version: %s", [current_version]) if not policy_version

errors contains sprintf("framework_version is ahead of the current version: %s is greater than %s", [policy_version, current_version]) if {
	is_newer(policy_version)
}

# --- devices

errors contains "deviceHash not found" if {
	input.rule == "mount_device"
	not device_hash_known
}

errors contains "device already mounted at path" if {
	input.rule in ["mount_device", "rw_mount_device"]
	device_target_in_use
}

errors contains "mountpoint invalid" if {
	input.rule in ["mount_device", "rw_mount_device"]
	not device_target_shaped
}

errors contains concat("", [
	"unencrypted scratch not allowed, ",
	"non-readonly mount request for SCSI disk must request encryption",
]) if {
	input.rule == "rw_mount_device"
	not encryption_satisfied
}

errors contains "ensureFilesystem must be set on rw device mounts" if {
	input.rule == "rw_mount_device"
	not input.ensureFilesystem
}

errors contains "rw device mounts uses a filesystem that is not allowed" if {
	input.rule == "rw_mount_device"
	not input.filesystem in ["ext4", "xfs"]
}

errors contains "blockdev mounts are not supported" if input.rule in ["mount_blockdev", "unmount_blockdev"]

errors contains "no device at path to unmount" if {
	input.rule in ["unmount_device", "rw_unmount_device"]
	not read_only_device_at_target
	not writable_device_at_target
}

errors contains "received read-only unmount request, but device provided is read-write" if {
	input.rule == "unmount_device"
	not read_only_device_at_target
	writable_device_at_target
}

errors contains "received read-write unmount request, but device provided is read-only" if {
	input.rule == "rw_unmount_device"
	read_only_device_at_target
	not writable_device_at_target
}

read_only_device_at_target if data.metadata.devices[input.unmountTarget]

writable_device_at_target if data.metadata.rw_devices[input.unmountTarget]

errors contains "device already mounted at path" if {
	input.rule == "plan9_mount"
	data.metadata.p9mounts[input.target]
}

errors contains "no device at path to unmount" if {
	input.rule == "plan9_unmount"
	not data.metadata.p9mounts[input.unmountTarget]
}

errors contains "scratch already mounted at path" if {
	input.rule == "scratch_mount"
	data.metadata.scratch_mounts[input.target]
}

errors contains "unencrypted scratch not allowed" if {
	input.rule == "scratch_mount"
	not encryption_satisfied
}

errors contains "no scratch at path to unmount" if {
	input.rule == "scratch_unmount"
	not data.metadata.scratch_mounts[input.unmountTarget]
}

# --- overlays

errors contains "overlay has already been mounted" if {
	input.rule == "mount_overlay"
	overlay_taken
}

errors contains "no matching containers for overlay" if {
	input.rule == "mount_overlay"
	not some_container_consists_of_layers
}

some_container_consists_of_layers if {
	some container in candidate_containers
	layers_are_mounted(container.layers)
}

errors contains "no overlay at path to unmount" if {
	input.rule == "unmount_overlay"
	not data.metadata.overlayTargets[input.unmountTarget]
}

# --- containers: each field on its own, over every container that the overlay left possible

errors contains "container already started" if {
	input.rule == "create_container"
	container_started
}

errors contains "container not started" if {
	input.rule in ["exec_in_container", "shutdown_container", "signal_container_process"]
	not container_started
}

errors contains "privileged escalation not allowed" if {
	is_linux
	input.rule == "create_container"
	not some_privilege_matches
}

some_privilege_matches if {
	some container in matched
	privilege_matches(container.allow_elevated)
}

errors contains "invalid command" if {
	input.rule in ["create_container", "exec_in_container", "exec_external"]
	not some_command_matches
}

some_command_matches if {
	input.rule == "create_container"
	some container in matched
	command_matches(container.command)
}

some_command_matches if {
	input.rule == "exec_in_container"
	some container in matched
	lists_exec(container)
}

some_command_matches if {
	input.rule == "exec_external"
	some process in candidate_external_processes
	command_matches(process.command)
}

errors contains "invalid working directory" if {
	input.rule in ["create_container", "exec_in_container"]
	not some_working_dir_matches
}

errors contains "invalid working directory" if {
	input.rule == "exec_external"
	not some_external_working_dir_matches
}

some_working_dir_matches if {
	some container in matched
	working_dir_matches(container.working_dir)
}

some_external_working_dir_matches if {
	some process in candidate_external_processes
	working_dir_matches(process.working_dir)
}

errors contains sprintf("invalid mount list: %s", [concat(",", rejected)]) if {
	is_linux
	input.rule == "create_container"
	rejected := [mount.destination | some mount in input.mounts; not some_container_accepts_mount(mount)]
	count(rejected) > 0
}

some_container_accepts_mount(mount) if {
	some container in matched
	mount_accepted(container.mounts, container.allow_elevated, mount)
}

errors contains "devices not supported" if {
	is_linux
	input.rule == "create_container"
	count(input.devices) > 0
}

errors contains "invalid seccomp" if {
	is_linux
	input.rule == "create_container"
	not some_seccomp_matches
}

some_seccomp_matches if {
	some container in matched
	seccomp_matches(container.seccomp_profile_sha256)
}

# For an exec these two look at the listed process, which declares neither field: a denied exec always names them.
errors contains "invalid noNewPrivileges" if {
	is_linux
	input.rule in ["create_container", "exec_in_container"]
	not some_no_new_privileges_matches
}

some_no_new_privileges_matches if {
	input.rule == "create_container"
	some container in matched
	no_new_privileges_matches(container.no_new_privileges)
}

some_no_new_privileges_matches if {
	some process in listed_processes
	no_new_privileges_matches(process.no_new_privileges)
}

errors contains "invalid user" if {
	input.rule in ["create_container", "exec_in_container"]
	not some_user_matches
}

some_user_matches if {
	input.rule == "create_container"
	some container in matched
	user_matches(container.user)
}

some_user_matches if {
	some process in listed_processes
	user_matches(process.user)
}

listed_processes := [process |
	input.rule == "exec_in_container"
	some container in matched
	some process in container.exec_processes
	command_matches(process.command)
	working_dir_matches(process.working_dir)
]

errors contains "target isn't allowed to receive the signal" if {
	input.rule == "signal_container_process"
	not some_signal_allowed
}

some_signal_allowed if {
	some container in matched
	signal_allowed(container)
}

# --- environment

errors contains sprintf("invalid env list: %s", [concat(",", unknown)]) if {
	input.rule in ["create_container", "exec_in_container", "exec_external"]
	unknown := [split(env, "=")[0] | some env in input.envList; not some_rule_lists(env)]
	count(unknown) > 0
}

some_rule_lists(env) if {
	input.rule in ["create_container", "exec_in_container"]
	some container in matched
	env_is_listed(container.env_rules, env)
}

some_rule_lists(env) if {
	input.rule == "exec_external"
	some process in candidate_external_processes
	env_is_listed(process.env_rules, env)
}

# Each variable may be known to some container while no single container knows them all.
errors contains "invalid env list" if {
	input.rule in ["create_container", "exec_in_container"]
	count(matched) > 0
	not some_container_lists_all
}

some_container_lists_all if {
	some container in matched
	every env in input.envList {
		env_is_listed(container.env_rules, env)
	}
}

errors contains "missing required environment variable" if {
	is_linux
	input.rule == "create_container"
	not container_started
	some container in fitting_but_seccomp
	lacks_required(container.env_rules)
}

errors contains "missing required environment variable" if {
	input.rule == "exec_in_container"
	container_started
	some container in fitting_exec
	lacks_required(container.env_rules)
}

errors contains "missing required environment variable" if {
	input.rule == "exec_external"
	some process in fitting_external
	lacks_required(process.env_rules)
}

lacks_required(rules) if {
	some rule in rules
	rule.required == true
	not required_is_given(rule, input.envList)
}

# --- what only the later narrowing decides

errors contains "capabilities don't match" if {
	is_linux
	input.rule == "create_container"
	not container_started
	capabilities_match_none(fitting, input.privileged)
}

errors contains "capabilities don't match" if {
	is_linux
	input.rule == "exec_in_container"
	container_started
	capabilities_match_none(fitting_exec, started_privileged)
}

capabilities_match_none(candidates, privileged) if {
	fitting_env := accepting_env(candidates, env_list(candidates))
	count(fitting_env) > 0
	count(accepting_capabilities(fitting_env, capability_list(fitting_env, privileged), privileged)) == 0
}

errors contains "containers only distinguishable by capabilties" if {
	is_linux
	input.rule == "create_container"
	allow_capability_dropping
	not container_started
	fitting_env := accepting_env(fitting_but_seccomp, env_list(fitting_but_seccomp))
	count(largest_capability_subsets(fitting_env, input.privileged)) > 1
}

errors contains "containers only distinguishable by allow_stdio_access" if {
	is_linux
	input.rule == "create_container"
	not container_started
	fitting_env := accepting_env(fitting, env_list(fitting))
	capabilities := capability_list(fitting_env, input.privileged)
	differ_in_stdio(accepting_capabilities(fitting_env, capabilities, input.privileged))
}

errors contains "containers only distinguishable by allow_stdio_access" if {
	is_windows
	input.rule == "create_container"
	not container_started
	differ_in_stdio(accepting_env(fitting_windows, env_list(fitting_windows)))
}

errors contains "external processes only distinguishable by allow_stdio_access" if {
	input.rule == "exec_external"
	differ_in_stdio(accepting_env(fitting_external, env_list(fitting_external)))
}

differ_in_stdio(containers) if count({container.allow_stdio_access | some container in containers}) > 1

# --- what the owner may look at beside the sentences

default error_objects := null

error_objects := matched if input.rule == "create_container"

error_objects := [process | some container in matched; some process in container.exec_processes] if {
	input.rule == "exec_in_container"
}

error_objects := candidate_external_processes if input.rule == "exec_external"

error_objects := candidate_imports if input.rule == "load_fragment"
