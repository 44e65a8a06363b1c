package policy

create_container := {"allowed": true}
mount_device := {"allowed": true}
