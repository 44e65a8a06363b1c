using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Compose;

/// <summary>
/// A Docker Compose file as one container group: a container for each service, in one network, on a host that adds nothing. The document is
/// JSON, which YAML is turned into by whoever reads it.
/// </summary>
public static class ComposeFile
{
    internal const string Format = "Compose file";

    /// <summary>Whether a document is a Compose file.</summary>
    public static bool Recognizes(ReadOnlyMemory<byte> document) => ArmJson.ParseObject(document, Format)["services"] is ArmObject;

    /// <summary>Reads a file.</summary>
    /// <param name="document">The file, JSON.</param>
    /// <param name="surroundings">What the file refers to outside itself.</param>
    /// <exception cref="MalformedException">Not a Compose file, or a service that asks for what no policy can hold. Says where.</exception>
    public static ContainerGroup Parse(ReadOnlyMemory<byte> document, ComposeSurroundings surroundings)
    {
        var root = new ArmFields((ArmObject)new Interpolation(surroundings.Variable).Apply(ArmJson.ParseObject(document, Format), "$"), "$", Format);
        var services = root.RequiredObject("services");
        var volumes = new ComposeVolumes(root, surroundings);
        var reader = new ServiceReader(volumes, surroundings);
        var read = services.Source.Members.Select(member => (member.Key, Fields: services.RequiredObject(member.Key)))
            .Where(service => service.Fields.Texts("profiles") is not { Count: > 0 })
            .ToDictionary(service => service.Key, service => reader.Read(service.Key, service.Fields), StringComparer.Ordinal);
        if (read.Count == 0) throw new MalformedException(Format, services.Path, "are none without a profile");
        var order = Order(read);
        return new ContainerGroup
        {
            Name = root.Text("name") ?? surroundings.Name,
            Type = Format,
            Platform = GroupPlatform.Cove,
            Containers = [.. order.Where(service => !service.Container.IsInit).Select(service => service.Container)],
            InitContainers = [.. order.Where(service => service.Container.IsInit).Select(service => service.Container)],
            Volumes = volumes.Used,
            RestartPolicy = Restart(order),
            Ports = [.. order.SelectMany(service => service.Ports)],
        };
    }

    // A service whose completion others wait for is an init container; the rest starts in the order of what depends on what.
    private static List<ComposeService> Order(Dictionary<string, ComposeService> services)
    {
        var awaited = services.Values.SelectMany(service => service.DependsOn).Where(one => one.Completed).Select(one => one.Service).ToHashSet(StringComparer.Ordinal);
        var ordered = new List<ComposeService>();
        var state = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var name in services.Keys) Visit(name);
        return ordered;

        void Visit(string name)
        {
            if (state.TryGetValue(name, out var done))
            {
                if (!done) throw new MalformedException(Format, $"$.services.{name}.depends_on", "leads back to the service itself");
                return;
            }

            if (!services.TryGetValue(name, out var service)) throw new MalformedException(Format, "depends_on", $"names '{name}', which is no service");
            state[name] = false;
            foreach (var (other, _) in service.DependsOn) Visit(other);
            state[name] = true;
            ordered.Add(service with { Container = service.Container with { IsInit = awaited.Contains(name) } });
        }
    }

    private static RestartPolicy Restart(List<ComposeService> services)
    {
        var policies = services.Where(service => !service.Container.IsInit).Select(service => service.Restart).Distinct().ToList();
        return policies.Count <= 1
            ? policies.FirstOrDefault(RestartPolicy.Never)
            : throw new MalformedException(Format, "$.services", $"ask for different restarts ({string.Join(", ", policies)}): a group has one");
    }
}

/// <summary>A service, and what is said about it beside its container.</summary>
internal sealed record ComposeService(GroupContainer Container, RestartPolicy Restart, IReadOnlyList<(string Service, bool Completed)> DependsOn, IReadOnlyList<GroupPort> Ports);
