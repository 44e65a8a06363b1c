# Creating containers, running more in them, signalling and ending them.
package framework

container_started if data.metadata.started[input.containerID]

# What the overlay left as possible for this container, narrowed by every decision since.
matched := data.metadata.matches[input.containerID]

# --- create_container

default create_container := {"allowed": false}

create_container := {
	"allowed": true,
	"env_list": envs,
	"caps_list": capabilities,
	"allow_stdio_access": stdio,
	"metadata": [narrowed_to(containers), started_as(input.privileged)],
} if {
	is_linux
	not container_started
	count(input.devices) == 0
	envs := env_list(fitting)
	fitting_env := accepting_env(fitting, envs)
	capabilities := capability_list(fitting_env, input.privileged)
	containers := accepting_capabilities(fitting_env, capabilities, input.privileged)
	stdio := only_stdio_access(containers)
}

create_container := {
	"allowed": true,
	"env_list": envs,
	"allow_stdio_access": stdio,
	"metadata": [narrowed_to(containers), started_as(false)],
} if {
	is_windows
	not container_started
	envs := env_list(fitting_windows)
	containers := accepting_env(fitting_windows, envs)
	stdio := only_stdio_access(containers)
}

# Containers that fit in everything but seccomp, environment, capabilities and standard I/O.
fitting_but_seccomp := [container |
	some container in matched
	no_new_privileges_matches(container.no_new_privileges)
	user_matches(container.user)
	privilege_matches(container.allow_elevated)
	working_dir_matches(container.working_dir)
	command_matches(container.command)
	mounts_accepted(container)
]

fitting := [container |
	some container in fitting_but_seccomp
	seccomp_matches(container.seccomp_profile_sha256)
]

fitting_windows := [container |
	some container in matched
	user_matches(container.user)
	working_dir_matches(container.working_dir)
	command_matches(container.command)
]

# Undefined where there is no container, or where they differ: then nobody can say what the policy wants.
only_stdio_access(containers) := access if {
	answers := {container.allow_stdio_access | some container in containers}
	count(answers) == 1
	some access in answers
}

narrowed_to(containers) := {
	"name": "matches",
	"action": "update",
	"key": input.containerID,
	"value": containers,
}

started_as(privileged) := {
	"name": "started",
	"action": "add",
	"key": input.containerID,
	"value": {"privileged": privileged},
}

# --- exec_in_container

default exec_in_container := {"allowed": false}

exec_in_container := {
	"allowed": true,
	"env_list": envs,
	"caps_list": capabilities,
	"metadata": [narrowed_to(containers)],
} if {
	is_linux
	container_started
	envs := env_list(fitting_exec)
	fitting_env := accepting_env(fitting_exec, envs)
	capabilities := capability_list(fitting_env, started_privileged)
	containers := accepting_capabilities(fitting_env, capabilities, started_privileged)
	count(containers) > 0
}

exec_in_container := {
	"allowed": true,
	"env_list": envs,
	"metadata": [narrowed_to(containers)],
} if {
	is_windows
	container_started
	envs := env_list(fitting_windows_exec)
	containers := accepting_env(fitting_windows_exec, envs)
	count(containers) > 0
}

started_privileged := data.metadata.started[input.containerID].privileged

fitting_exec := [container |
	some container in matched
	working_dir_matches(container.working_dir)
	no_new_privileges_matches(container.no_new_privileges)
	user_matches(container.user)
	lists_exec(container)
]

fitting_windows_exec := [container |
	some container in matched
	working_dir_matches(container.working_dir)
	user_matches(container.user)
	lists_exec(container)
]

lists_exec(container) if {
	some process in container.exec_processes
	command_matches(process.command)
}

# --- exec_external: processes beside the containers

default exec_external := {"allowed": false}

exec_external := {
	"allowed": true,
	"env_list": envs,
	"allow_stdio_access": stdio,
} if {
	envs := env_list(fitting_external)
	processes := accepting_env(fitting_external, envs)
	stdio := only_stdio_access(processes)
}

fitting_external := [process |
	some process in candidate_external_processes
	working_dir_matches(process.working_dir)
	command_matches(process.command)
]

# --- shutdown_container

default shutdown_container := {"allowed": false}

# The identifier stays marked as started, so it can never be created again.
shutdown_container := {"allowed": true, "metadata": [{
	"name": "matches",
	"action": "remove",
	"key": input.containerID,
}]} if {
	container_started
}

# --- signal_container_process

default signal_container_process := {"allowed": false}

signal_container_process := {"allowed": true, "metadata": [narrowed_to(containers)]} if {
	container_started
	containers := [container | some container in matched; signal_allowed(container)]
	count(containers) > 0
}

signal_allowed(container) if {
	input.isInitProcess == true
	signal_matches(container.signals)
}

signal_allowed(container) if {
	not input.isInitProcess
	some process in container.exec_processes
	command_matches(process.command)
	signal_matches(process.signals)
}
