using System.CommandLine;
using Cove.Cli.Development;
using Cove.Cli.GuestImages;
using Cove.Cli.Host;
using Cove.Cli.Projects;
using Cove.Cli.Registry;
using Cove.Policy.Fragments;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Policy.Templates;
using Cove.Protocol.Launch;

namespace Cove.Cli.Commands.Run;

internal sealed class RunCommand : CoveCommand
{
    private const int MaxImports = 1024 * 1024;

    private readonly Argument<string> project = new("project") { Description = "a template (ARM, ACI YAML, Kubernetes, Compose), or a folder with one and a cove.json" };
    private readonly Option<string?> parameters = new("--parameters", "-p") { Description = "a parameter file for the template" };
    private readonly Option<string> isolation = new("--isolation") { Description = "what holds the group: auto, snp, vm or process", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> network = new("--network") { Description = "what the group reaches outside: none, or nat (connections in this host's name)", DefaultValueFactory = _ => Egress.None };
    private readonly Option<bool> detach = new("--detach", "-d") { Description = "return when every container has started" };
    private readonly Option<string[]> until = new("--until") { Description = "end the group when this container has ended (may be repeated)", DefaultValueFactory = _ => [] };

    private readonly Option<bool> pull = new("--pull") { Description = "fetch images that are not in the store from their registries" };
    private readonly Option<string[]> fragments = new("--fragment") { HelpName = "file", Description = "hand this signed fragment to the guest (may be repeated)", DefaultValueFactory = _ => [] };
    private readonly Option<bool> attached = new("--attached-fragments") { Description = "hand over the fragments that registries keep beside the group's images too" };
    private readonly Option<string?> imports = new("--fragments-json") { HelpName = "file", Description = "let the policy take in these fragments (cove policy fragment import)" };

    public RunCommand()
        : base("run", "run a container group under its policy, attested")
    {
        Add(project);
        Add(parameters);
        Add(isolation);
        Add(network);
        Add(detach);
        Add(until);
        Add(pull);
        Add(fragments);
        Add(attached);
        Add(imports);
        Details = "Packs the project's images, writes the policy of its template, makes the owner's keys with a release policy that names the policy's hash, launches "
            + "the group with that hash in its evidence, and follows it to its end. The development services are started if they do not run. "
            + "A group has no network but its own localhost, on which it finds the services, unless --network nat gives it a way out. "
            + "Fragments that the template names (standaloneFragments) are fetched from their registries. The exit code is that of the first container that failed, or 0; a denial is 3.";
        Example("cove run samples/sealed-note", "the whole story, with its sample");
        Example("cove run deployment.yaml", "a Kubernetes Deployment, with its ConfigMaps and Secrets, held to exactly what it says");
        Example("cove run samples/sealed-note --isolation vm", "the same in a virtual machine, whose measurement the key's release policy names too");
        Example("cove run compose.yaml --network nat", "with a way out, for groups that call others; the policy says what they run, not whom they call");
        Example("cove run -d template.json", "starts a group and leaves it running");
        Example("cove run samples/sealed-note --json", "one document: policy hash, isolation, and each container's exit code and logs");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var images = new GuestImageStore(call);
        var kind = Isolation.Choose(call.Get(isolation)!, HostProbe.OfThisMachine(), await images.HasFirmwareAsync(cancellation));
        var egress = Egress.Parse(call.Get(network)!);
        await HostPackages.EnsureAsync(call, egress == Egress.Nat, cancellation);
        Egress.Require(egress, HostProbe.OfThisMachine());
        var image = kind == Isolation.Process ? null : await images.EnsureAsync(cancellation);
        var opened = await Project.OpenAsync(call, call.Get(project), call.Get(parameters), cancellation);
        var services = new DevelopmentServices(call.Home, call.Time);
        var packed = new ProjectImages(call, opened.File, opened.Folder, call.Get(pull) ? RegistryPull.For(call) : null);

        var (state, facts) = await PrepareAsync(call, services, packed, opened, cancellation);
        var volumes = new ProjectVolumes(call, opened, new DevelopmentBlobs(call.Home, call.Time));
        await volumes.PrepareAsync(cancellation);
        var group = opened.Group(state);
        var options = new GeneratorOptions { Fragments = call.Get(imports) is { } path ? ContainerDescription.ParseImports(await call.Read(path, MaxImports, cancellation)) : [] };
        var policy = PolicyGenerator.Generate(group, facts.Facts, options);
        call.Terminal.Step("policy", $"{group.AllContainers.Count()} containers, policy hash {policy.HostDataHex}");

        var machine = image is null ? null : MachinePlan.For(group, image, kind, HostProbe.OfThisMachine());
        var measurement = image is null ? null : Convert.ToHexStringLower(await image.MeasureAsync(machine!.Processors, cancellation));
        var keys = new ProjectKeys(call, opened, volumes, services.Folder, state, measurement);
        var sealedValues = await keys.PrepareAsync(policy.HostDataHex, cancellation);
        group = opened.Group(state, await File.ReadAllBytesAsync(services.Folder.AuthorityFile, cancellation), sealedValues);

        var described = PolicyGenerator.Describe(group, facts.Facts, options).Containers;
        var spec = Spec(call, kind, egress, group, policy.Base64, described, facts, services.Folder, state, opened);
        spec = spec with { Fragments = await FragmentsAsync(call, group, cancellation), Machine = machine };
        foreach (var port in group.Ports.Where(port => !IsTcp(port))) call.Terminal.Step("port", $"{port.Port}/{port.Protocol} is not published: only TCP is");
        call.Terminal.Step("launch", $"{kind} isolation{(machine is null ? "" : $" ({machine.Mode}, {machine.Processors} vCPU, {machine.MemoryMiB} MiB)")} {(kind == Isolation.Snp ? "under SEV-SNP" : "on a simulated secure processor, which protects nothing: for development only")}");
        var story = new GroupStory(call.Terminal, call.Json, spec.Until);
        await GroupSupervisor.RunAsync(spec, story, call.Get(detach), cancellation);
        return story.Answer(call.Home, spec, policy.HostDataHex);
    }

    /// <summary>Starting the services and hashing images take a second each, and neither needs the other.</summary>
    private static async Task<(ServiceState State, PreparedImages Images)> PrepareAsync(
        Invocation call, DevelopmentServices services, ProjectImages images, Project opened, CancellationToken cancellation)
    {
        using var progress = call.Terminal.Progress("preparing images and services");
        var starting = services.EnsureUpAsync(cancellation);
        var preparing = images.PrepareAsync(opened.Group(services.State()), progress, forRunning: true, cancellation);
        await Task.WhenAll(starting, preparing);
        var (state, started) = await starting;
        var prepared = await preparing;
        foreach (var image in prepared.Packed) call.Terminal.Step("image", $"{image.Name}, {image.Layers} {(image.Layers == 1 ? "layer" : "layers")}");
        call.Terminal.Step("services", started ? $"started at {state.AttestationEndpoint} and {state.KeyEndpoint} (cove dev down stops them)" : $"{state.AttestationEndpoint} and {state.KeyEndpoint}");
        return (state, prepared);
    }

    private LaunchSpec Spec(
        Invocation call, string kind, string egress, ContainerGroup group, string policy, IReadOnlyList<PolicyContainer> described,
        PreparedImages images, DevelopmentFolder folder, ServiceState state, Project opened)
    {
        // A group that is left running ends when the user says so, not when its project's story is told.
        string[] ends = [.. call.Get(until)!.Length > 0 || call.Get(detach) ? call.Get(until)! : opened.File.Until];
        if (ends.FirstOrDefault(name => group.Containers.All(container => container.Name != name)) is { } unknown)
            throw CommandFailedException.Usage("container-unknown", $"the group has no container {unknown}", "name one of the template's containers after --until");
        return new LaunchSpec
        {
            Group = group.Name,
            Isolation = kind,
            Policy = policy,
            Containers =
            [
                .. group.AllContainers.Select(container => LaunchPlan.Container(
                    container, images.Facts(container.Image), described.Single(one => one.Name == container.Name), images.Layers(container.Image))),
            ],
            Volumes = [.. group.Volumes.Select(LaunchPlan.Volume)],
            Restart = LaunchPlan.Restart(group.RestartPolicy),
            Until = ends,
            Ports = [.. group.Ports.Where(IsTcp).Select(port => new LaunchPort(port.HostAddress ?? "127.0.0.1", port.HostPort ?? 0, port.Port))],
            Network = egress,
            HostPorts = [state.AttestationPort, state.KeyPort, .. BlobPort(call)],
            Identity = new LaunchIdentity(folder.IdentityKeyFile, DevelopmentFolder.KeyId, DevelopmentFolder.IdentityIssuer, $"group:{group.Name}", ["key-release"]),
            Folders = new LaunchFolders(GroupFolder(call, group.Name), CoveHome.Ensure(call.Home.Processor), Product.AgentFolder),
        };
    }

    /// <summary>The files that the user named, what the template names, and on demand what is beside its images. The guest verifies them all.</summary>
    private async Task<IReadOnlyList<LaunchFragment>> FragmentsAsync(Invocation call, ContainerGroup group, CancellationToken cancellation)
    {
        var read = new List<(string Name, byte[] Content)>();
        foreach (var path in call.Get(fragments)!) read.Add((path, await call.Read(path, SignedStatement.MaxBytes, cancellation)));
        if (group.StandaloneFragments.Count > 0) read.AddRange(await FragmentSources.Standalone(call, group, cancellation));
        if (call.Get(attached)) read.AddRange(await FragmentSources.Attached(call, group, cancellation));
        return [.. read.Select(fragment => new LaunchFragment(fragment.Name, Convert.ToBase64String(fragment.Content)))];
    }

    /// <summary>Groups reach the blob store for development where it runs.</summary>
    private static int[] BlobPort(Invocation call) => new DevelopmentBlobs(call.Home, call.Time) is { Process: not null } blobs ? [blobs.Port] : [];

    private static bool IsTcp(GroupPort port) => port.Protocol == "TCP";

    private static string GroupFolder(Invocation call, string name)
    {
        CoveHome.Ensure(call.Home.Groups);
        return CoveHome.Ensure(call.Home.Group(name));
    }
}
