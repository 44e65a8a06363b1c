# Why a fragment, a trust list or a request of a Windows guest was denied (2.8).
package framework

# --- fragments and trust lists

errors contains "invalid fragment issuer" if {
	input.rule == "load_fragment"
	not some_import_of_issuer
}

some_import_of_issuer if {
	some declared in candidate_imports
	declared.issuer == input.issuer
}

errors contains "invalid fragment feed" if {
	input.rule == "load_fragment"
	some_import_of_issuer
	count(imports_of_input) == 0
}

errors contains sprintf("missing receipt from %s", [wanted]) if {
	input.rule == "load_fragment"
	some declared in imports_of_input
	some wanted in declared.required_receipts
	not receipt_given(wanted)
}

effective_svn := input.header_svn if input.has_header_svn

effective_svn := module_svn if {
	not input.has_header_svn
	module_has_svn
}

errors contains "missing fragment svn in either header or rego payload" if {
	input.rule == "load_fragment"
	input.fragment_loaded
	count(imports_of_input) > 0
	not input.has_header_svn
	not module_has_svn
}

errors contains sprintf("svn in header %v does not match svn in fragment rego %v", [input.header_svn, module_svn]) if {
	input.rule == "load_fragment"
	input.fragment_loaded
	input.has_header_svn
	module_has_svn
	not svns_agree
}

svns_agree if to_number(module_svn) == to_number(input.header_svn)

errors contains "fragment svn is below the specified minimum" if {
	input.rule == "load_fragment"
	input.fragment_loaded
	count(imports_of_input) > 0
	effective_svn
	not some_minimum_reached
	not svn_types_differ
}

some_minimum_reached if {
	some declared in imports_of_input
	svn_at_least(effective_svn, declared.minimum_svn)
}

errors contains "fragment svn and the specified minimum are different types" if {
	input.rule == "load_fragment"
	input.fragment_loaded
	svn_types_differ
}

svn_types_differ if {
	some declared in imports_of_input
	to_number(effective_svn)
	semver.is_valid(declared.minimum_svn)
}

svn_types_differ if {
	some declared in imports_of_input
	semver.is_valid(effective_svn)
	to_number(declared.minimum_svn)
}

errors contains sprintf("fragment framework_version is missing. Current version: %s", [current_version]) if {
	input.rule == "load_fragment"
	input.fragment_loaded
	not fragment_framework_version
}

errors contains sprintf(
	"fragment framework_version is ahead of the current version: %s is greater than %s",
	[fragment_framework_version, current_version],
) if {
	input.rule == "load_fragment"
	input.fragment_loaded
	is_newer(fragment_framework_version)
}

errors contains "no TTL candidate matches the provided TTL's issuer, subject and svn" if {
	input.rule == "load_transparency_trust_list"
	count(trust_lists_of_input) == 0
}

errors contains "The provided TTL does not contain any ledgers it is allowed to load" if {
	input.rule == "load_transparency_trust_list"
	count(trust_lists_of_input) > 0
	count(permitted_ledgers) == 0
}

# --- Windows

errors contains "log provider not allowed by policy" if {
	input.rule == "log_provider"
	some provider in input.providers
	not log_provider_listed(provider)
}

errors contains "no matching containers for overlay" if {
	input.rule == "mount_cims"
	not some_container_consists_of_cims
}

some_container_consists_of_cims if {
	some container in candidate_containers
	reversed_equal(container.layers, input.layerHashes)
	container.mounted_cim == input.mountedCim
}
