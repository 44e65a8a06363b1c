using System.Diagnostics;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Cove.Tests.Runtime.Deploy;

/// <summary>What lies under <c>deploy/</c>: the manifests say what they should, and the chart says the same with its own values.</summary>
public sealed partial class ManifestTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void The_runtime_class_names_the_handler_that_the_installer_makes()
    {
        var manifest = Parse(File.ReadAllText(At("kubernetes/runtimeclass.yaml")));
        Assert.Equal(("RuntimeClass", "node.k8s.io/v1", "cove"), (Text(manifest, "kind"), Text(manifest, "apiVersion"), Text(manifest, "handler")));
        Assert.Contains(".containerd.runtimes.cove]", File.ReadAllText(At("installer/install")));
    }

    [Fact]
    public void Pods_of_the_class_go_where_the_installer_goes()
    {
        var runtime = Parse(File.ReadAllText(At("kubernetes/runtimeclass.yaml")));
        var installer = Parse(File.ReadAllText(At("kubernetes/installer.yaml")));
        Assert.Equal(
            ((YamlMappingNode)runtime["scheduling"]["nodeSelector"]).Children.Single(), ((YamlMappingNode)installer["spec"]["template"]["spec"]["nodeSelector"]).Children.Single());
        Assert.Equal(installer["spec"]["selector"]["matchLabels"], installer["spec"]["template"]["metadata"]["labels"]);
    }

    [Theory]
    [InlineData("runtimeclass.yaml")]
    [InlineData("installer.yaml")]
    public void The_chart_with_its_own_values_is_the_plain_manifest(string name)
    {
        var values = Parse(File.ReadAllText(At("helm/cove/values.yaml")));
        var template = File.ReadAllText(At($"helm/cove/templates/{name}"));
        Assert.Contains("{{ .Values.", template);
        var filled = Expression().Replace(template, match => match.Groups["path"].Value.Split('.').Aggregate((YamlNode)values, (node, key) => node[key]).ToString());
        Assert.DoesNotContain("{{", filled);
        Assert.Equal(Parse(File.ReadAllText(At($"kubernetes/{name}"))), Parse(filled));
    }

    [Fact]
    public async Task Helm_finds_nothing_to_complain_of()
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "helm"))), "this host lacks helm, which Debian does not have");
        Assert.Equal(0, (await RunAsync("helm", [], "lint", "--strict", At("helm/cove"))).Code);
    }

    [Theory]
    [InlineData("version = 2\n\n[plugins]\n  [plugins.\"io.containerd.grpc.v1.cri\"]\n    sandbox_image = \"pause:1\"\n", "io.containerd.grpc.v1.cri")]
    [InlineData("version = 3\n", "io.containerd.cri.v1.runtime")]
    public async Task The_installer_adds_the_runtime_once_and_takes_it_away_again(string config, string plugin)
    {
        var folder = Directory.CreateTempSubdirectory("cove-install-").FullName;
        try
        {
            var (image, host) = (Directory.CreateDirectory(Path.Combine(folder, "image")).FullName, Path.Combine(folder, "host"));
            foreach (var part in (string[])["runtime", "agent"]) File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(image, part)).FullName, part + ".dll"), part);
            File.Copy(At("installer/install"), Path.Combine(image, "install"));
            var file = Path.Combine(Directory.CreateDirectory(Path.Combine(host, "etc/containerd")).FullName, "config.toml");
            File.WriteAllText(file, config);
            (string, string)[] variables = [("HOST_ROOT", host), ("COVE_NO_RESTART", "1")];

            Assert.Equal(0, (await RunAsync("/bin/sh", variables, Path.Combine(image, "install"))).Code);
            var once = File.ReadAllText(file);
            Assert.StartsWith(config, once);
            Assert.Contains($"[plugins.\"{plugin}\".containerd.runtimes.cove]\n  runtime_type = \"io.containerd.cove.v2\"\n", once);
            Assert.Equal("agent", File.ReadAllText(Path.Combine(host, "opt/cove/agent/agent.dll")));
            Assert.Equal("/opt/cove/runtime/containerd-shim-cove-v2", new FileInfo(Path.Combine(host, "usr/local/bin/containerd-shim-cove-v2")).LinkTarget);

            Assert.Equal(0, (await RunAsync("/bin/sh", variables, Path.Combine(image, "install"), "install")).Code);
            Assert.Equal(once, File.ReadAllText(file));

            Assert.Equal(0, (await RunAsync("/bin/sh", variables, Path.Combine(image, "install"), "remove")).Code);
            Assert.Equal(config, File.ReadAllText(file));
            Assert.False(Directory.Exists(Path.Combine(host, "opt/cove")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"\{\{ \.Values\.(?<path>[A-Za-z.]+) \}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Expression();

    private static YamlMappingNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }

    private static string Text(YamlMappingNode node, string key) => node[key].ToString();

    private static async Task<(int Code, string Out)> RunAsync(string program, (string Name, string Value)[] variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    private static string At(string name) => Path.Combine(Root, "deploy", name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cove.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("the tests do not lie in a checkout");
    }
}
