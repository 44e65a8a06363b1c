# A root file system is a stack of layers that some container of the policy consists of.
package framework

default mount_overlay := {"allowed": false}

mount_overlay := {"allowed": true, "metadata": [
	{
		"name": "matches",
		"action": "add",
		"key": input.containerID,
		"value": containers,
	},
	{
		"name": "overlayTargets",
		"action": "add",
		"key": input.target,
		"value": true,
	},
]} if {
	not overlay_taken
	containers := [container |
		some container in candidate_containers
		layers_are_mounted(container.layers)
	]
	count(containers) > 0
}

default unmount_overlay := {"allowed": false}

# What was matched and started stays known: an identifier serves one container only.
unmount_overlay := {"allowed": true, "metadata": [{
	"name": "overlayTargets",
	"action": "remove",
	"key": input.unmountTarget,
}]} if {
	data.metadata.overlayTargets[input.unmountTarget]
}

overlay_taken if data.metadata.matches[input.containerID]

overlay_taken if data.metadata.overlayTargets[input.target]

# The request names the top layer first, the policy the base layer first.
layers_are_mounted(layers) if {
	depth := count(layers)
	depth == count(input.layerPaths)
	every i, path in input.layerPaths {
		data.metadata.devices[path] == layers[(depth - i) - 1]
	}
}
