using System.Globalization;
using System.Text;
using Cove.Policy.Enforcement;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Bench.Rego;

/// <summary>A policy of many containers as the generator writes it, and the requests that start the last of them.</summary>
internal sealed class SamplePolicy
{
    private const int Layers = 4;
    private const string ContainerId = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
    private readonly int containers;
    private readonly int rules;

    public SamplePolicy(int containers, int rules)
    {
        (this.containers, this.rules) = (containers, rules);
        var document = new PolicyDocument
        {
            ApiVersion = "0.10.0",
            FrameworkVersion = "0.2.3",
            Containers = [.. Enumerable.Range(0, containers).Select(Container)],
        };
        Text = PolicyWriter.Write(document, new GeneratorOptions());
    }

    public string Text { get; }

    /// <summary>An engine in which everything has happened that comes before create_container.</summary>
    public EnforcementEngine Start()
    {
        var engine = new EnforcementEngine(Text, PolicyData.Create([]));
        for (var layer = 0; layer < Layers; layer++)
        {
            Allowed(engine.Ask("mount_device", RegoObject.Of(
                ("target", RegoValue.Of($"/run/mounts/scsi/m{layer}")),
                ("deviceHash", RegoValue.Of(Layer(containers - 1, layer))),
                ("mountPathRegex", RegoValue.Of("/run/mounts/scsi/m[0-9]+")))));
        }

        Allowed(engine.Ask("mount_overlay", RegoObject.Of(
            ("containerID", RegoValue.Of(ContainerId)),
            ("layerPaths", RegoArray.Of([.. Enumerable.Range(0, Layers).Reverse().Select(l => RegoValue.Of($"/run/mounts/scsi/m{l}"))])),
            ("target", RegoValue.Of($"/run/gcs/c/{ContainerId}/rootfs")))));
        return engine;
    }

    /// <summary>The request to create the last container; every variable that has a rule is given.</summary>
    public RegoObject Create() => ToRego.Request(new CreateContainerRequest
    {
        ContainerId = ContainerId,
        Process = new ProcessRequest
        {
            Command = ["/bin/serve", "--port", "8080"],
            Environment = [.. Enumerable.Range(0, rules).Select(i => Variable(containers - 1, i))],
            WorkingDirectory = "/app",
            User = new Identity("1000", "app"),
            Groups = [new Identity("1000", "app")],
        },
        SandboxDirectory = "/run/gcs/c/sandbox",
        HugePagesDirectory = "/run/gcs/c/hugepages",
        Mounts =
        [
            new PolicyMount("/etc/resolv.conf", "/run/gcs/c/sandbox/tmp/atlas/resolvconf/x1", "bind", ["rbind", "rshared", "rw"]),
            new PolicyMount("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            new PolicyMount("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        ],
    });

    public static void Allowed(Ruling ruling)
    {
        if (ruling is not Ruling.Allowed) throw new InvalidOperationException($"the sample's own request was refused: {ruling}");
    }

    private static string Layer(int container, int layer) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{container}/{(layer < 2 ? 0 : layer)}/{layer}")));

    private static string Variable(int container, int i) => string.Create(CultureInfo.InvariantCulture, $"NAME_{i}=value-{container}-{i}");

    private PolicyContainer Container(int index) => new()
    {
        Name = $"container{index}",
        Id = $"registry.example/app{index}:1.0",
        Command = ["/bin/serve", "--port", "8080"],
        EnvRules = [.. Enumerable.Range(0, rules).Select(i => new EnvRule
        {
            Pattern = i % 10 == 9 ? $"NAME_{i}=.+" : Variable(index, i),
            Strategy = i % 10 == 9 ? "re2" : "string",
        })],
        Layers = [.. Enumerable.Range(0, Layers).Select(layer => Layer(index, layer))],
        Mounts = [new PolicyMount("/etc/resolv.conf", "sandbox:///tmp/atlas/resolvconf/.+", "bind", ["rbind", "rshared", "rw"])],
        WorkingDir = "/app",
        Signals = [15, 9],
        User = new UserRule(new IdentityRule("1000", "id"), [IdentityRule.Any], "0022"),
    };
}
