using System.Security.Cryptography;
using System.Text;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Tests.Generation;

/// <summary>
/// Samples of az confcom's own repository (src/confcom/samples/aci, all of them): templates of ours that state the same facts give the policies
/// that are published there, to the byte. The digests are of the published files, which end in the line ends of its print. A sample was
/// published several times, in the forms of several versions; the form is part of each row.
/// </summary>
public sealed class ConfcomSampleTests
{
    private const string Base = "mcr.microsoft.com/azurelinux/distroless/base@sha256:1e77d97e1e39f22ed9c52f49b3508b4c1044cec23743df9098ac44e025f654f2";
    private const string BaseByTag = "mcr.microsoft.com/azurelinux/distroless/base:3.0";
    private const string HelloWorld = "mcr.microsoft.com/acc/samples/aci/helloworld@sha256:86da7a2c5e55b72bf6bc7cf465b860e49c075395d854877124de63a9342ac777";

    private static readonly ImageFacts Distroless = new()
    {
        Layers = ["243e1b3ce08093f2f0d9cd6a9eafde8737f64fec105ed59c346d309fbe760b58"],
        Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    };

    private static readonly ImageFacts Python = new()
    {
        Layers =
        [
            "4e74440c7b0e6e6c1cc9e6eb9b779e1ffde807122ed8a16bb0422a1d64fd5aa8", "4cf856bcde8e1fa71f57d2218e21dd7c1a6a12c6d930d2bdb4bdb13a46fed9e4",
            "41a52f45506177737caec5d57fe6160b6c8942dcac1bc7834fc0e94e62ff6b4d", "b8ea8eae7795453b5e3dcfafe3f11fb2d68efb1062308e4d2411d44dd19fa97c",
            "a0df1939f552483286c45204e7f583c9a6146963a79556fe22578d7b7e63e7a1", "3ccbd6b119e951f3f2586339e9d10168b064a5852fd87cfae94af47a89f4d6c6",
            "8348c9d4357db6a600aa4c5116ed9755a230d274096706a7d214c02105d0b256",
        ],
        Cmd = ["python3", "main.py"],
        Environment = [.. Distroless.Environment, "PYTHONUNBUFFERED=1"],
        WorkingDirectory = "/app",
    };

    // What samples/fragments/fragment.json imports.
    private static readonly FragmentImport Contoso = new(
        "did:x509:0:sha256:8OhuTqQPbrbDMXV9QentXIIRWqcmU_B88n8jPr1WsBc::subject:CN:Contoso", "mcr.microsoft.com/acc/samples/aci/helloworld", "1", ["containers", "fragments"]);

    private static readonly GeneratorOptions Plain = new();
    private static readonly GeneratorOptions Api11 = new() { Form = PolicyForm.Api0_11 };
    private static readonly GeneratorOptions Api12 = new() { Form = PolicyForm.Api0_12 };

    // The infrastructure fragment's version was 1 when these were published.
    private static readonly GeneratorOptions Early = new() { InfrastructureSvn = "1" };

    private static readonly Sample[] Samples =
    [
        new("minimal/policy", Group(Container()), Plain, "2c692a13bd6ac842a82a4e5ce11c9a9fe75fa876a4e8f275996f26cd90b8cf95"),
        new("minimal/policy_debug", Group(Container()), Plain with { DebugMode = true }, "4a5716bddbb486b96122e565379db67637cac0a8aeb126111160ccc5d8de4024"),
        new("minimal/policy_fragment", Group(Container()), Plain with { Fragments = [Contoso] }, "322c45597a34e5e0b89bb2732c13f60ee0c6987ee0089c3a16955555f80bd1f9"),
        new("minimal/policy_fragment, api 0.11", Group(Container()), Api11 with { Fragments = [Contoso] }, "1aac9e55f6a4c669b25806a64a157a5d52692b08cd362c3b52ff93b128d52682"),
        new(
            "minimal/policy_fragment_plus_infrastructure_svn", Group(Container()), Api11 with { InfrastructureSvn = "99", Fragments = [Contoso] },
            "4ac275c96bf5e3a19cd4e420b34449fec05b013b6a400b4375fb319c96f2a7d6"),
        new("minimal/policy_infrastructure_svn", Group(Container()), Api12 with { InfrastructureSvn = "99" }, "c09578e5e28c3cd2f6c80bc51e53367e5e38ccc6a742c37e4815fe995d04722a"),
        new(
            "command/policy", Group(Container(""" "command": ["/bin/sh", "-c", "while true; do echo hello; sleep 10; done"], """)), Plain,
            "462ca69d201fb7f1bec5122a32e4177375af98fa6d0cefe91dd09044d4dce7bb"),
        new(
            "environment_variables/policy", Group(Container(""" "environmentVariables": [ { "name": "MY_VAR", "value": "MY_VAL" } ], """)), Early,
            "2a61992d0410b5029be5b7a8814eab625d406a3cfdc4051c935ee18dab4c45e0"),
        new(
            "security_context_run_as_user/policy", Group(Container(""" "securityContext": { "runAsUser": 1234 }, """)), Plain,
            "21fe0932d107968bf2327ddff7d9613f738a692ccf873a21dfb9bdcc2ff6ce4d"),
        new(
            "security_context_run_as_group/policy", Group(Container(""" "securityContext": { "runAsGroup": 4567 }, """)), Early,
            "c97c9e61aa5e8c5548668c249cc35d5e8d83d77f1535918561f610a1f1087424"),
        new(
            "security_context_capabilities_add_drop/policy",
            Group(Container(""" "securityContext": { "capabilities": { "add": ["CAP_SYS_TIME", "CAP_DAC_READ_SEARCH"], "drop": ["CAP_CHOWN", "CAP_KILL"] } }, """)), Api11,
            "7bc24eb5d0dcf287e948ad53cf7985aac8260b4a98218cbd5ade0acf743af8ac"),
        new(
            "security_context_capabilities_add/policy",
            Group(Container(""" "securityContext": { "capabilities": { "add": ["CAP_SYS_TIME", "CAP_DAC_READ_SEARCH"] } }, """)), Early,
            "36ece0eedce9e7c339e3777bc17b1e6044fcd02e301720afd95a274a212d4fd2"),
        new(
            "security_context_capabilities_drop/policy_disable_stdio",
            Group(Container(""" "securityContext": { "capabilities": { "drop": ["CAP_CHOWN", "CAP_KILL"] } }, """)), Plain with { DisableStdio = true },
            "a32ef2bcebcf1d859d589abb0a7ade91d89c51f251e63a88a5c53bd25fc0a57e"),
        new(
            "volume_mounts/policy",
            Group(
                Container(""" "volumeMounts": [ { "name": "files", "mountPath": "/aci/logs", "readOnly": false } ], """),
                """ "volumes": [ { "name": "files", "azureFile": { "shareName": "s", "storageAccountName": "a" } } ], """), Api11,
            "3c81e5062cdb427fdb2ba5b3c2778652f6b94d17a7b3c98ae7f6c48286f33656"),
        new("volume_mount_secret/policy", Secret(), Early, "53dccba0ec1375b754b6574c9de145ff7d2354879d7fb45bc0424af6b31eb8a4"),
        new(
            "volume_mount_secret/policy_exclude_default_fragment", Secret(), Api11 with { ExcludeDefaultFragments = true },
            "428db97a1a4c9e38f115792b880f44b9eb82f1d3e1fe54e41b864538bc8c173d"),
        new(
            "multi_containers/policy_debug", Group(Container() + "," + Container(name: "container2")), Early with { DebugMode = true },
            "ca9f4695f277553e43cf0d2702c2c1ffdd26513f49605c0ec208b2d1dbcc4584"),
        new(
            "multi_containers/policy_fragment_plus_infrastructure_svn", Group(Container() + "," + Container(name: "container2")),
            Api12 with { InfrastructureSvn = "99", Fragments = [Contoso] }, "acaa9dc888eafd05ddd55445ba79ffb6758cee9aaeb6c29cba160c594665b096"),
        new(
            "multi_container_groups/policy_debug", Template($"{Resource(Container())},{Resource(Container())}"), Early with { DebugMode = true },
            "b46e7421478b2266a06f9cd541ccb382180e85ef7bcf620f0ad1654587402f37"),
        new(
            "container_group_profiles/policy", Template(Resource(Container(), type: "containerGroupProfiles")), Early,
            "4c89716ebbb312fb18cf8c276fd98afaed865e58efbec2feaa5d53883ac31716"),
        new("existing_policy/policy", Group(Container(), Carrying("cGFja2FnZSBwb2xpY3k=")), Api11, "1807c14f3045954c5c7f6c80b330fa65a67547eea37d40a7e5715fd765139294"),
        new(
            "existing_policy_allow_all/policy_exclude_default_fragment", Group(Container(), Carrying("cGFja2FnZSBwb2xpY3k=")),
            Api11 with { ExcludeDefaultFragments = true }, "5e09363175e29dd65a47f37621f21b27f7af6a5a2498e0c69614b02cabf79fe1"),
        new(
            "existing_policy_allow_all/policy_fragment_plus_infrastructure_svn", Group(Container(), Carrying("cGFja2FnZSBwb2xpY3k=")),
            Api12 with { InfrastructureSvn = "99", Fragments = [Contoso] }, "6b5e38240ea9307f092a7bac55f70e935bb333de9a0b8d598e551c780b4a1c96"),
        new(
            "variables/policy_fragment", Template(Resource(Container(image: "[parameters('image')]")), Parameter("value", Base)), Plain with { Fragments = [Contoso] },
            "322c45597a34e5e0b89bb2732c13f60ee0c6987ee0089c3a16955555f80bd1f9"),
        new(
            "default_variables/policy_debug", Template(Resource(Container(image: "[parameters('image')]")), Parameter("defaultValue", BaseByTag)),
            Early with { DebugMode = true }, "1030648ff6f3efab08abdf92918fa6dc4915fd4e72893213fa7ebaa747059396"),
        new(
            "default_variables_override/policy_fragment", Template(Resource(Container(image: "[parameters('image')]")), Parameter("defaultValue", Base)),
            Plain with { Fragments = [Contoso] }, "f6a3e43e8052cfde8fa58b94ce1dc025f3d78239e372ad37991a6cb8601de207", HelloWorld),
        new(
            "conflicting_variables/policy", Template(Resource(Container(image: "[parameters('image')]")), Parameter("value", Base)), Plain,
            "4fac0c038f338203632665d01b2323a13347ae8b239cb4b83f0e55e3e85982ae", HelloWorld),
        new(
            "duplicated_probes/policy_debug",
            Group(Container(""" "livenessProbe": { "exec": { "command": ["echo", "hello"] } }, "readinessProbe": { "exec": { "command": ["echo", "hello"] } }, """)),
            Api11 with { DebugMode = true }, "5b0d57743c2fbacf27168e588f7a2efd77dfc2b6b8915c8ab0b28c5bf90249e6"),
    ];

    public static TheoryData<string> Names => [.. Samples.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_sample_yields_the_published_policy(string name)
    {
        var sample = Samples.Single(sample => sample.Name == name);
        var given = sample.Image is null ? null : $$"""{ "parameters": { "image": { "value": "{{sample.Image}}" } } }""";
        var printed = string.Concat(Cove.Tests.Samples.Parse(sample.Template, given).Groups
            .Select(group => PolicyGenerator.Generate(group, image => image == HelloWorld ? Python : Distroless, sample.Options).Text + "\n\n\n"));
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(printed)));
        Assert.True(sample.Sha256 == digest, $"{sample.Name}: {digest}\n{printed}");
    }

    private static string Container(string members = "", string name = "container1", string image = Base) =>
        $$"""{ "name": "{{name}}", "properties": { {{members}} "image": "{{image}}" } }""";

    private static string Secret() => Group(
        Container(""" "volumeMounts": [ { "name": "notes", "mountPath": "/aci/secret", "readOnly": true } ], """),
        """ "volumes": [ { "name": "notes", "secret": { "one": "MQ==" } } ], """);

    private static string Carrying(string policy) => $$""" "confidentialComputeProperties": { "ccePolicy": "{{policy}}" }, """;

    private static string Parameter(string member, string image) => $$""" "parameters": { "image": { "type": "string", "{{member}}": "{{image}}" } }, """;

    private static string Group(string containers, string members = "") => Template(Resource(containers, members));

    private static string Resource(string containers, string members = "", string type = "containerGroups") =>
        $$"""{ "type": "Microsoft.ContainerInstance/{{type}}", "name": "g", "properties": { {{members}} "containers": [ {{containers}} ] } }""";

    private static string Template(string resources, string members = "") => $$"""{ {{members}} "resources": [ {{resources}} ] }""";

    /// <param name="Name">Sample and published file.</param>
    /// <param name="Template">The same facts in a template of ours.</param>
    /// <param name="Options">The flags, and the form of the version that published it.</param>
    /// <param name="Sha256">Of the published file.</param>
    /// <param name="Image">What a parameter file names, where there is one.</param>
    private sealed record Sample(string Name, string Template, GeneratorOptions Options, string Sha256, string? Image = null);
}
