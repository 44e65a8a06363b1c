# Block devices, scratch space and shared directories: what may be attached where.
package framework

default mount_device := {"allowed": false}

mount_device := {"allowed": true, "metadata": [{
	"name": "devices",
	"action": "add",
	"key": input.target,
	"value": input.deviceHash,
}]} if {
	not device_target_in_use
	device_hash_known
	device_target_shaped
}

default rw_mount_device := {"allowed": false}

rw_mount_device := {"allowed": true, "metadata": [{
	"name": "rw_devices",
	"action": "add",
	"key": input.target,
	"value": true,
}]} if {
	not device_target_in_use
	encryption_satisfied
	input.ensureFilesystem
	input.filesystem in ["ext4", "xfs"]
	device_target_shaped
}

default unmount_device := {"allowed": false}

unmount_device := {"allowed": true, "metadata": [{
	"name": "devices",
	"action": "remove",
	"key": input.unmountTarget,
}]} if {
	data.metadata.devices[input.unmountTarget]
}

default rw_unmount_device := {"allowed": false}

rw_unmount_device := {"allowed": true, "metadata": [{
	"name": "rw_devices",
	"action": "remove",
	"key": input.unmountTarget,
}]} if {
	data.metadata.rw_devices[input.unmountTarget]
}

# A raw block device could be altered under a running container, so there is no way to allow one.
mount_blockdev := {"allowed": false}

unmount_blockdev := {"allowed": false}

device_target_in_use if data.metadata.devices[input.target]

device_target_in_use if data.metadata.rw_devices[input.target]

# Any layer of any container, whatever framework version declared it: a device alone runs nothing.
device_hash_known if {
	some container in raw_containers
	input.deviceHash in container.layers
}

device_hash_known if {
	some container in from_fragments("containers")
	input.deviceHash in container.layers
}

device_target_shaped if regex.match(anchored(input.mountPathRegex), input.target)

encryption_satisfied if input.encrypted

encryption_satisfied if allow_unencrypted_scratch

# --- scratch space

default scratch_mount := {"allowed": false}

scratch_mount := {"allowed": true, "metadata": [{
	"name": "scratch_mounts",
	"action": "add",
	"key": input.target,
	"value": {"encrypted": input.encrypted},
}]} if {
	not data.metadata.scratch_mounts[input.target]
	encryption_satisfied
}

default scratch_unmount := {"allowed": false}

scratch_unmount := {"allowed": true, "metadata": [{
	"name": "scratch_mounts",
	"action": "remove",
	"key": input.unmountTarget,
}]} if {
	data.metadata.scratch_mounts[input.unmountTarget]
}

# --- directories that the host shares (plan 9)

default plan9_mount := {"allowed": false}

plan9_mount := {"allowed": true, "metadata": [{
	"name": "p9mounts",
	"action": "add",
	"key": input.target,
	"value": owner,
}]} if {
	not data.metadata.p9mounts[input.target]
	some owner, _ in data.metadata.matches
	regex.match(concat("", ["^", input.rootPrefix, "/", owner, input.mountPathPrefix, "$"]), input.target)
}

default plan9_unmount := {"allowed": false}

plan9_unmount := {"allowed": true, "metadata": [{
	"name": "p9mounts",
	"action": "remove",
	"key": input.unmountTarget,
}]} if {
	data.metadata.p9mounts[input.unmountTarget]
}
