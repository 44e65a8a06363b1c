# Which framework a policy was written for, and what its objects look like to this one.
#
# A policy of the same version is used as it stands. An older one is read with the defaults that its version implied.
# A policy that does not say its version, or names a newer one, has no candidates at all: everything that needs a candidate is denied.
package framework

current_version := "0.5.0"

# framework_svn is the name that the first policies used.
policy_version := version if {
	version := data.policy.framework_version
} else := version if {
	version := data.policy.framework_svn
}

is_current(version) if semver.compare(version, current_version) == 0

is_older(version) if semver.compare(version, current_version) < 0

is_newer(version) if semver.compare(version, current_version) > 0

at_least(version, introduced) if semver.compare(version, introduced) >= 0

is_linux if data.metadata.operatingsystem.ostype == "linux"

is_windows if data.metadata.operatingsystem.ostype == "windows"

# --- upgrading a list, by what it holds

upgraded_list(_, items, version) := items if is_current(version)

upgraded_list("containers", items, version) := [upgraded |
	some item in items
	upgraded := upgraded_container(item, version)
] if {
	is_older(version)
}

upgraded_list("external_processes", items, version) := [upgraded |
	some item in items
	upgraded := {
		"command": item.command,
		"env_rules": item.env_rules,
		"working_dir": item.working_dir,
		"allow_stdio_access": item.allow_stdio_access,
	}
] if {
	is_older(version)
}

upgraded_list("fragments", items, version) := [upgraded |
	some item in items
	upgraded := {
		"issuer": item.issuer,
		"feed": item.feed,
		"minimum_svn": item.minimum_svn,
		"includes": item.includes,
		"required_receipts": object.get(item, "required_receipts", []),
		"parameters": object.get(item, "parameters", {}),
	}
] if {
	is_older(version)
}

# Trust lists and platform rules came with 0.5.0: below it they mean nothing.
upgraded_list("transparency_trust_lists", _, version) := [] if is_older(version)

upgraded_list("platform_rules", _, version) := [] if is_older(version)

# A container that lacks one of the fields every version had stays undefined, so it can never match.
upgraded_container(raw, version) := {
	"command": raw.command,
	"env_rules": raw.env_rules,
	"layers": raw.layers,
	"mounts": raw.mounts,
	"allow_elevated": raw.allow_elevated,
	"working_dir": raw.working_dir,
	"exec_processes": raw.exec_processes,
	"allow_stdio_access": raw.allow_stdio_access,
	"signals": signals_of(raw, version),
	"no_new_privileges": field_since("0.2.0", version, raw, "no_new_privileges", false),
	"user": field_since("0.2.1", version, raw, "user", anyone),
	"capabilities": field_since("0.2.2", version, raw, "capabilities", null),
	"seccomp_profile_sha256": field_since("0.2.3", version, raw, "seccomp_profile_sha256", ""),
} if {
	not is_windows
}

# Windows containers arrived later than any of those fields.
upgraded_container(raw, _) := raw if is_windows

# Before 0.4.1 the runtime's own SIGKILL and SIGTERM did not have to be listed.
signals_of(raw, version) := raw.signals if at_least(version, "0.4.1")

signals_of(raw, version) := array.concat(raw.signals, [9, 15]) if not at_least(version, "0.4.1")

field_since(introduced, version, raw, field, _) := raw[field] if at_least(version, introduced)

field_since(introduced, version, _, _, otherwise) := otherwise if not at_least(version, introduced)

anyone := {
	"user_idname": {"pattern": "", "strategy": "any"},
	"group_idnames": [{"pattern": "", "strategy": "any"}],
	"umask": "0022",
}
