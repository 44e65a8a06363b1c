# Points that only a Windows guest has.
package framework

default mount_cims := {"allowed": false}

mount_cims := {"allowed": true, "metadata": [{
	"name": "matches",
	"action": "add",
	"key": input.containerID,
	"value": containers,
}]} if {
	not data.metadata.matches[input.containerID]
	containers := [container |
		some container in candidate_containers
		reversed_equal(container.layers, input.layerHashes)
		container.mounted_cim == input.mountedCim
	]
	count(containers) > 0
}

reversed_equal(layers, hashes) if {
	depth := count(layers)
	depth == count(hashes)
	every i, hash in hashes {
		hash == layers[(depth - i) - 1]
	}
}

# --- log providers

default allow_log_provider_dropping := false

allow_log_provider_dropping if data.policy.allow_log_provider_dropping == true

default log_provider := {"allowed": false}

log_provider := {"allowed": true, "providers_to_keep": input.providers} if {
	not allow_log_provider_dropping
	every provider in input.providers {
		log_provider_listed(provider)
	}
}

log_provider := {"allowed": true, "providers_to_keep": kept} if {
	allow_log_provider_dropping
	kept := [provider |
		some provider in input.providers
		log_provider_listed(provider)
	]
}

log_provider_listed(provider) if {
	some listed in data.policy.allowed_log_providers
	lower(listed) == lower(provider)
}

# --- registry changes

default registry_changes := {"allowed": false}

# That the container may change the registry at all is what decides; which values is not part of the decision.
registry_changes := {"allowed": true} if {
	some container in data.metadata.matches[input.containerID]
	container.registry_changes
	input.registryChanges.AddValues
}
