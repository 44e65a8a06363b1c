using Cove.Policy.Enforcement;
using Cove.Policy.Fragments;
using Cove.Rego.Values;

namespace Cove.Tests.Enforcement;

/// <summary>Rules of the framework that the shared recordings do not touch, each allowed and denied.</summary>
public sealed class FrameworkRulesTests
{
    private const string Container = """
        {"command": ["/a"], "env_rules": [{"pattern": "A=1", "strategy": "string", "required": false}], "layers": ["L1"], "mounts": [], "exec_processes": [], "signals": [],
         "user": {"user_idname": {"pattern": "", "strategy": "any"}, "group_idnames": [{"pattern": "", "strategy": "any"}], "umask": "0022"},
         "capabilities": {"ambient": [], "bounding": ["CAP_X"], "effective": [], "inheritable": [], "permitted": []}, "seccomp_profile_sha256": "",
         "allow_elevated": false, "working_dir": "/", "allow_stdio_access": true, "no_new_privileges": false}
        """;

    private const string Create = """
        {"containerID": "c", "argList": ["/a"], "envList": ["A=1"], "workingDir": "/", "sandboxDir": "/sandbox", "hugePagesDir": "/huge", "mounts": [], "devices": [],
         "privileged": false, "noNewPrivileges": false, "user": {"id": "0", "name": "root"}, "groups": [], "umask": "0022",
         "capabilities": {"ambient": [], "bounding": ["CAP_X"], "effective": [], "inheritable": [], "permitted": []}, "seccompProfileSHA256": "", "isSandboxContainer": false}
        """;

    [Fact]
    public void A_shared_directory_belongs_to_the_container_that_its_path_names()
    {
        var engine = Mounted(Policy(Container.Replace("\"mounts\": []", """ "mounts": [{"destination": "/p", "source": "plan9://", "type": "bind", "options": ["rw"]}] """, StringComparison.Ordinal)));
        const string Mount = """{"rootPrefix": "/run/gcs/c", "mountPathPrefix": "/mounts/m[0-9]+", "target": "/run/gcs/c/c/mounts/m1"}""";
        Allowed(engine, "plan9_mount", Mount);
        Assert.Equal(["device already mounted at path"], Denied(engine, "plan9_mount", Mount));
        Assert.Equal([], Denied(engine, "plan9_mount", Mount.Replace("/c/c/", "/c/other/", StringComparison.Ordinal)));

        string With(string source) => Create.Replace("\"mounts\": []", $$""" "mounts": [{"destination": "/p", "source": "{{source}}", "type": "bind", "options": ["rw"]}] """, StringComparison.Ordinal);
        Assert.Equal(["invalid mount list: /p"], Denied(engine, "create_container", With("/run/gcs/c/c/mounts/m2")));
        Allowed(engine, "create_container", With("/run/gcs/c/c/mounts/m1"));
        Allowed(engine, "plan9_unmount", """{"unmountTarget": "/run/gcs/c/c/mounts/m1"}""");
        Assert.Equal(["no device at path to unmount"], Denied(engine, "plan9_unmount", """{"unmountTarget": "/run/gcs/c/c/mounts/m1"}"""));
    }

    [Theory]
    [InlineData("sandbox:///tmp/x/.+", "/sandbox/tmp/x/1", true)]
    [InlineData("sandbox:///tmp/x/.+", "/sandbox/tmp/x/", false)]
    [InlineData("sandbox:///tmp/x/.+", "/sandbox/tmp/y/1", false)]
    [InlineData("sandbox:///tmp/x/.+", "/other/sandbox/tmp/x/1", false)]
    [InlineData("hugepages://2M/p", "/huge2M/p", true)]
    [InlineData("/plain", "/plain", true)]
    [InlineData("/pl.in", "/plain", false)]
    public void Sources_of_mounts_are_matched_by_their_scheme(string pattern, string source, bool allowed)
    {
        const string Mount = """ "mounts": [{"destination": "/p", "source": "SOURCE", "type": "bind", "options": ["b", "a"]}] """;
        var engine = Mounted(Policy(Container.Replace("\"mounts\": []", Mount.Replace("SOURCE", pattern, StringComparison.Ordinal), StringComparison.Ordinal)));
        var request = Create.Replace("\"mounts\": []", Mount.Replace("SOURCE", source, StringComparison.Ordinal).Replace("""["b", "a"]""", """["a", "b"]""", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(allowed, engine.Ask("create_container", Json(request)) is Ruling.Allowed);
    }

    [Theory]
    [InlineData("CAP_X", "CAP_Y", "CAP_X,CAP_Y,CAP_Z", null)]
    [InlineData("CAP_X", "CAP_X,CAP_Y", "CAP_X,CAP_Y,CAP_Z", "CAP_X,CAP_Y")]
    [InlineData("CAP_X", "CAP_X", "CAP_X,CAP_Z", "CAP_X")]
    public void Of_several_candidates_the_one_that_keeps_most_capabilities_decides(string first, string second, string asked, string? kept)
    {
        string With(string list, string text) => text.Replace("[\"CAP_X\"]", $"[\"{list.Replace(",", "\",\"", StringComparison.Ordinal)}\"]", StringComparison.Ordinal);
        var engine = Mounted(Policy($"{With(first, Container)}, {With(second, Container)}", "allow_capability_dropping := true"));
        if (kept is null)
        {
            Assert.Equal(["containers only distinguishable by capabilties"], Denied(engine, "create_container", With(asked, Create)));
            return;
        }

        var answer = Allowed(engine, "create_container", With(asked, Create));
        Assert.Equal(kept, string.Join(',', Explanation((RegoObject)answer["caps_list"]!)));

        static IEnumerable<string> Explanation(RegoObject sets) => ((RegoArray)sets["bounding"]!).AsSpan().ToArray().Select(name => ((RegoString)name).Value);
    }

    [Fact]
    public void A_newer_framework_than_the_guests_has_no_candidates()
    {
        var engine = new EnforcementEngine(Policy(Container).Replace("framework_version := \"0.5.0\"", "framework_version := \"0.6.0\"", StringComparison.Ordinal), PolicyData.Create([]));
        Allowed(engine, "mount_device", """{"target": "/m", "deviceHash": "L1", "mountPathRegex": "/m"}""");
        Assert.Equal(
            ["framework_version is ahead of the current version: 0.6.0 is greater than 0.5.0", "no matching containers for overlay"],
            Denied(engine, "mount_overlay", """{"containerID": "c", "layerPaths": ["/m"], "target": "/r"}"""));
    }

    [Fact]
    public void A_container_may_use_one_platform_rule()
    {
        const string Rules = """
            platform_rules := [
              {"env_rules": [{"name": "P", "name_strategy": "string", "value": ".+", "value_strategy": "re2"}]},
              {"mounts": [{"destination": "/m", "source": "/s", "type": "bind", "options": []}]}
            ]
            """;
        string WithEnv(string text) => text.Replace("[\"A=1\"]", "[\"A=1\", \"P=x\"]", StringComparison.Ordinal);
        string WithMount(string text) => text.Replace("\"mounts\": []", """ "mounts": [{"destination": "/m", "source": "/s", "type": "bind", "options": []}] """, StringComparison.Ordinal);
        Allowed(Mounted(Policy(Container, Rules)), "create_container", WithEnv(Create));
        Allowed(Mounted(Policy(Container, Rules)), "create_container", WithMount(Create));
        Allowed(Mounted(Policy(Container, Rules)), "create_container", Create);
        Assert.Equal([], Denied(Mounted(Policy(Container, Rules)), "create_container", WithEnv(WithMount(Create))));
        Assert.Equal(["invalid mount list: /m"], Denied(Mounted(Policy(Container)), "create_container", WithMount(Create)));
    }

    [Theory]
    [InlineData("3", null, true)]
    [InlineData("2", null, false, "fragment svn is below the specified minimum")]
    [InlineData(null, 3, true)]
    [InlineData(null, null, false, "missing fragment svn in either header or rego payload")]
    [InlineData("3", 3, true)]
    [InlineData("4", 3, false, "svn in header 3 does not match svn in fragment rego 4")]
    [InlineData("1.2.3", null, false, "fragment svn and the specified minimum are different types")]
    public void A_fragments_version_counts_wherever_it_stands(string? module, int? header, bool allowed, string? error = null)
    {
        var engine = Engine(Policy("", """fragments := [{"issuer": "i", "feed": "f", "minimum_svn": "3", "includes": ["containers"]}]"""));
        var outcome = FragmentLoader.Load(engine, new FragmentStatement("i", "f", header), Fragment(module, $"containers := [{Container}]"));
        Assert.Equal(allowed, outcome.IsLoaded);
        if (error is not null) Assert.Equal([error], ((Ruling.Denied)Assert.Single(outcome.Modules)).Errors);
        Assert.Equal(allowed, engine.Ask("mount_device", Json("""{"target": "/m", "deviceHash": "L1", "mountPathRegex": "/m"}""")) is Ruling.Allowed);
    }

    [Theory]
    [InlineData("i", "f", null)]
    [InlineData("x", "f", "invalid fragment issuer")]
    [InlineData("i", "x", "invalid fragment feed")]
    public void Only_imported_fragments_load(string issuer, string feed, string? error)
    {
        var engine = Engine(Policy("", """fragments := [{"issuer": "i", "feed": "f", "minimum_svn": "1", "includes": ["containers"]}]"""));
        var outcome = FragmentLoader.Load(engine, new FragmentStatement(issuer, feed, null), Fragment("1", $"containers := [{Container}]"));
        Assert.Equal(error is null, outcome.IsLoaded);
        if (error is not null) Assert.Equal([error], ((Ruling.Denied)outcome.Statement).Errors);
    }

    [Fact]
    public void What_is_not_included_is_not_taken_from_a_fragment()
    {
        var engine = Engine(Policy("", """fragments := [{"issuer": "i", "feed": "f", "minimum_svn": "1", "includes": ["external_processes"]}]"""));
        Assert.True(FragmentLoader.Load(engine, new FragmentStatement("i", "f", null), Fragment("1", $"containers := [{Container}]")).IsLoaded);
        Assert.Equal(["deviceHash not found"], Denied(engine, "mount_device", """{"target": "/m", "deviceHash": "L1", "mountPathRegex": "/m"}"""));
    }

    [Fact]
    public void A_fragment_may_import_another_and_give_it_parameters()
    {
        var engine = Engine(Policy("", """fragments := [{"issuer": "i", "feed": "outer", "minimum_svn": "1", "includes": ["fragments"]}]"""));
        var inner = new FragmentStatement("j", "inner", null);
        var text = Fragment("1", $$$"""
            parameters_api := {"dir": {"default": "/none"}}

            containers := [object.union({{{Container}}}, {"working_dir": parameter("dir")})]
            """, "innerns");
        Assert.False(FragmentLoader.Load(engine, inner, text).IsLoaded);
        Assert.True(FragmentLoader.Load(engine, new FragmentStatement("i", "outer", null),
            Fragment("1", """fragments := [{"issuer": "j", "feed": "inner", "minimum_svn": "1", "includes": ["containers"], "parameters": {"dir": "/given"}}]""", "outerns")).IsLoaded);
        Assert.True(FragmentLoader.Load(engine, inner, text).IsLoaded);
        Mount(engine);
        Assert.Equal(["invalid working directory"], Denied(engine, "create_container", Create));
        Allowed(engine, "create_container", Create.Replace("\"workingDir\": \"/\"", "\"workingDir\": \"/given\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_namespace_that_is_included_stays_and_can_be_used()
    {
        var policy = Policy("", """fragments := [{"issuer": "i", "feed": "f", "minimum_svn": "1", "includes": ["namespace"]}]""")
            .Replace("get_properties := data.framework.get_properties", "get_properties := {\"allowed\": data.fragns.answer}", StringComparison.Ordinal);
        var engine = Engine(policy);
        Assert.IsType<Ruling.Failed>(engine.Ask("get_properties", RegoObject.Empty));
        var outcome = FragmentLoader.Load(engine, new FragmentStatement("i", "f", null), Fragment("1", "answer := true"));
        Assert.Equal("{\"add_module\":true,\"allowed\":true}", ((Ruling.Allowed)outcome.Modules[0]).Answer.ToJson());
        Allowed(engine, "get_properties", "{}");
    }

    [Theory]
    [InlineData("*", "l", "[]", true)]
    [InlineData("*", null, "[]", false)]
    [InlineData("l", "l", "[]", true)]
    [InlineData("l", "m", "[]", false)]
    [InlineData("TTL:s", "m", "[\"s\"]", true)]
    [InlineData("TTL:s", "s", "[]", false)]
    public void A_fragment_needs_the_receipts_that_its_import_asks_for(string wanted, string? issuer, string subjects, bool allowed)
    {
        var engine = Engine(Policy("", $$"""fragments := [{"issuer": "i", "feed": "f", "minimum_svn": "1", "includes": [], "required_receipts": ["{{wanted}}"]}]"""));
        var receipts = issuer is null ? "[]" : $$"""[{"issuer": "{{issuer}}", "ttl_subjects": {{subjects}}}]""";
        var outcome = FragmentLoader.Load(engine, new FragmentStatement("i", "f", null) { Receipts = (RegoArray)RegoValue.FromJson(receipts) }, Fragment("1", ""));
        Assert.Equal(allowed, outcome.IsLoaded);
        if (!allowed) Assert.Equal([$"missing receipt from {wanted}"], ((Ruling.Denied)outcome.Statement).Errors);
    }

    [Theory]
    [InlineData("", "Fragment Rego is empty")]
    [InlineData("svn := 1", "valid package definition required on first line, got \"svn := 1\"")]
    [InlineData("# x\npackage a", "valid package definition required on first line, got \"# x\"")]
    [InlineData("package a.b", "valid package definition required on first line, got \"package a.b\"")]
    [InlineData("package policy\n", "namespace \"policy\" is reserved and cannot be used for fragments")]
    [InlineData("package framework\n", "namespace \"framework\" is reserved and cannot be used for fragments")]
    [InlineData("package defaultMounts\n", "namespace \"defaultMounts\" is reserved and cannot be used for fragments")]
    [InlineData("package fragns\nnot rego {", "rego compilation failed")]
    public void A_fragment_that_is_none_is_refused_and_leaves_nothing(string text, string error)
    {
        var engine = Engine(Policy(Container, """fragments := [{"issuer": "i", "feed": "f", "minimum_svn": "1", "includes": []}]"""));
        var outcome = FragmentLoader.Load(engine, new FragmentStatement("i", "f", 1), text);
        Assert.False(outcome.IsLoaded);
        Assert.Contains(error, outcome.Modules.Append(outcome.Statement).OfType<Ruling.Failed>().Single().Error, StringComparison.Ordinal);
        Mount(engine);
    }

    [Fact]
    public void Several_parameter_sets_and_an_included_namespace_do_not_go_together()
    {
        var engine = Engine(Policy("", """
            fragments := [
              {"issuer": "i", "feed": "f", "minimum_svn": "1", "includes": ["namespace"], "parameters": {"a": 1}},
              {"issuer": "i", "feed": "f", "minimum_svn": "1", "includes": ["namespace"], "parameters": {"a": 2}}
            ]
            """));
        var outcome = FragmentLoader.Load(engine, new FragmentStatement("i", "f", null), Fragment("1", ""));
        Assert.False(outcome.IsLoaded);
        Assert.Contains("multiple possible parameter combinations", Assert.IsType<Ruling.Failed>(outcome.Modules[0]).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("issuers", engine.Metadata.State.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("i", "s", 2, "[\"a\",\"b\"]", "[\"a\"]", null)]
    [InlineData("i", "any", 2, "[\"a\",\"b\"]", "[\"a\",\"b\"]", null)]
    [InlineData("i", "s", 1, "[\"a\"]", null, "no TTL candidate matches the provided TTL's issuer, subject and svn")]
    [InlineData("x", "s", 2, "[\"a\"]", null, "no TTL candidate matches the provided TTL's issuer, subject and svn")]
    [InlineData("i", "s", 2, "[\"b\"]", null, "The provided TTL does not contain any ledgers it is allowed to load")]
    public void A_trust_list_may_bring_the_ledgers_that_the_policy_allows(string issuer, string subject, int svn, string offered, string? taken, string? error)
    {
        var engine = Engine(Policy("", """
            transparency_trust_lists := [
              {"issuer": "i", "subject": "s", "minimum_svn": "2", "allowed_ledgers": ["a", "c"]},
              {"issuer": "i", "subject": "any", "minimum_svn": "2", "allowed_ledgers": ["*"]}
            ]
            """));
        var input = $$"""{"issuer": "{{issuer}}", "subject": "{{subject}}", "svn": {{svn}}, "ledgers": {{offered}}}""";
        if (error is not null) Assert.Equal([error], Denied(engine, "load_transparency_trust_list", input));
        else Assert.Equal(taken, Allowed(engine, "load_transparency_trust_list", input)["ledgers"]!.ToJson());
    }

    [Fact]
    public void External_processes_are_matched_like_containers()
    {
        const string One = """{"command": ["/x"], "env_rules": [{"pattern": "A=.", "strategy": "re2", "required": true}], "working_dir": "/", "allow_stdio_access": true}""";
        var engine = Engine(Policy("", $"external_processes := [{One}]"));
        Allowed(engine, "exec_external", """{"argList": ["/x"], "envList": ["A=1"], "workingDir": "/"}""");
        Assert.Equal(["missing required environment variable"], Denied(engine, "exec_external", """{"argList": ["/x"], "envList": [], "workingDir": "/"}"""));
        var two = Engine(Policy("", $"external_processes := [{One}, {One.Replace("access\": true", "access\": false", StringComparison.Ordinal)}]"));
        Assert.Equal(["external processes only distinguishable by allow_stdio_access"], Denied(two, "exec_external", """{"argList": ["/x"], "envList": ["A=1"], "workingDir": "/"}"""));
    }

    [Theory]
    [InlineData("linux")]
    [InlineData("windows")]
    public void A_Windows_container_fits_a_Windows_guest_only(string operatingSystem)
    {
        const string Windows = """
            {"command": ["a.exe"], "env_rules": [], "layers": ["L1"], "mounted_cim": ["C1"], "exec_processes": [{"command": ["b.exe"], "signals": ["CtrlC"]}], "signals": ["CtrlShutdown"],
             "user": "ContainerUser", "working_dir": "C:\\", "allow_stdio_access": true}
            """;
        var engine = new EnforcementEngine(Policy(Windows, "allowed_log_providers := [\"One\"]"), PolicyData.Create([]), operatingSystem);
        Allowed(engine, "mount_cims", """{"containerID": "c", "layerHashes": ["L1"], "mountedCim": ["C1"]}""");
        const string Request = """{"containerID": "c", "argList": ["a.exe"], "envList": [], "workingDir": "C:\\", "user": "ContainerUser"}""";
        if (operatingSystem == "linux")
        {
            Assert.IsNotType<Ruling.Allowed>(engine.Ask("create_container", Json(Request)));
            return;
        }

        Assert.Equal(["invalid user"], Denied(engine, "create_container", Request.Replace("ContainerUser", "ContainerAdministrator", StringComparison.Ordinal)));
        Allowed(engine, "create_container", Request);
        Allowed(engine, "exec_in_container", Request.Replace("a.exe", "b.exe", StringComparison.Ordinal));
        Allowed(engine, "signal_container_process", """{"containerID": "c", "signal": "CtrlShutdown", "isInitProcess": true, "argList": ["a.exe"]}""");
        Allowed(engine, "log_provider", """{"providers": ["ONE"]}""");
        Assert.Equal(["log provider not allowed by policy"], Denied(engine, "log_provider", """{"providers": ["one", "two"]}"""));
    }

    private static string Policy(string containers, string more = "") => $"""
        package policy

        api_version := "0.12.0"
        framework_version := "0.5.0"
        containers := [{containers}]
        {more}

        {string.Join('\n', EnforcementPoints.All.Keys.Order(StringComparer.Ordinal).Select(point => $"{point} := data.framework.{point}"))}
        reason := data.framework.reason

        """;

    private static string Fragment(string? svn, string body, string @namespace = "fragns") =>
        $"package {@namespace}\n\n{(svn is null ? "" : $"svn := \"{svn}\"\n")}framework_version := \"0.5.0\"\n\n{body}\n";

    private static EnforcementEngine Engine(string policy) => new(policy, PolicyData.Create([]));

    private static EnforcementEngine Mounted(string policy)
    {
        var engine = Engine(policy);
        Mount(engine);
        return engine;
    }

    private static void Mount(EnforcementEngine engine)
    {
        Allowed(engine, "mount_device", """{"target": "/m", "deviceHash": "L1", "mountPathRegex": "/m"}""");
        Allowed(engine, "mount_overlay", """{"containerID": "c", "layerPaths": ["/m"], "target": "/r"}""");
    }

    private static RegoObject Json(string text) => (RegoObject)RegoValue.FromJson(text);

    private static RegoObject Allowed(EnforcementEngine engine, string point, string input)
    {
        var ruling = engine.Ask(point, Json(input));
        return ruling is Ruling.Allowed allowed ? allowed.Answer : throw new Xunit.Sdk.XunitException(
            $"{point}: {(ruling as Ruling.Failed)?.Error} {string.Join("; ", (ruling as Ruling.Denied)?.Errors ?? [])}");
    }

    private static IReadOnlyList<string> Denied(EnforcementEngine engine, string point, string input)
    {
        var ruling = engine.Ask(point, Json(input));
        return ruling is Ruling.Denied denied ? denied.Errors : throw new Xunit.Sdk.XunitException($"{point}: {ruling}");
    }
}
