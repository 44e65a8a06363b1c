using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Launch;
using Cove.Runtime.Shim.Pods;

namespace Cove.Runtime.Shim;

/// <summary>Where the shim finds and keeps things. Nothing here loosens a check: those are the guest's.</summary>
/// <param name="Agent">The agent's program folder.</param>
/// <param name="Processor">The simulated processor's keys.</param>
/// <param name="State">Folders of running pods. Short, as it becomes part of socket paths.</param>
/// <param name="Layers">Packed layers, kept.</param>
/// <param name="Sockets">Where containerd finds the shims.</param>
/// <param name="Machine">The virtual machine of each pod; null where guests are processes of this host.</param>
internal sealed record ShimSettings(string Agent, string Processor, string State, string Layers, string Sockets, LaunchMachine? Machine = null)
{
    /// <summary>Names the settings file in the environment of containerd.</summary>
    public const string Variable = "COVE_SHIM_CONFIG";

    private const string DefaultFile = "/etc/cove/shim.json";
    private const int LeastMemoryMiB = 256, MostMemoryMiB = 1024 * 1024, MostProcessors = 255;

    private static readonly ShimSettings Default =
        new(Path.GetFullPath("../agent", AppContext.BaseDirectory), "/var/lib/cove/processor", "/run/cove", "/var/lib/cove/layers", "/run/containerd/s");

    /// <summary>From the file that the environment names, or the usual one; what it does not say is the default.</summary>
    public static ShimSettings Load()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        var file = string.IsNullOrEmpty(named) ? DefaultFile : named;
        return !string.IsNullOrEmpty(named) || File.Exists(file) ? Parse(file, File.ReadAllBytes(file)) : Default;
    }

    private static LaunchMachine ParseMachine(string file, JsonElement machine)
    {
        var (image, mode) = (machine.Text("image"), machine.Text("mode"));
        var (memory, processors) = (machine.Number("memoryMiB"), machine.Number("processors"));
        if (machine.Members().Any(member => member.Name is not ("image" or "mode" or "memoryMiB" or "processors"))) throw new MalformedException(file, "machine", "has a setting that is not known");
        if (!Path.IsPathFullyQualified(image)) throw new MalformedException(file, "machine.image", "is not an absolute path");
        if (mode is not (LaunchMachine.Tcg or LaunchMachine.Kvm or LaunchMachine.Snp)) throw new MalformedException(file, "machine.mode", "is none of tcg, kvm and snp");
        if (memory is < LeastMemoryMiB or > MostMemoryMiB) throw new MalformedException(file, "machine.memoryMiB", $"is {memory}, not {LeastMemoryMiB} to {MostMemoryMiB}");
        if (processors is < 1 or > MostProcessors) throw new MalformedException(file, "machine.processors", $"is {processors}, not 1 to {MostProcessors}");
        return new LaunchMachine(image, mode, (int)memory, (int)processors);
    }

    internal static ShimSettings Parse(string file, byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var settings = Default;
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name == "machine")
                {
                    settings = settings with { Machine = ParseMachine(file, member.Value) };
                    continue;
                }

                var value = member.Value.GetString() is { Length: > 0 } text && Path.IsPathFullyQualified(text) ? text
                    : throw new MalformedException(file, member.Name, "is not an absolute path");
                settings = member.Name switch
                {
                    "agent" => settings with { Agent = value },
                    "processor" => settings with { Processor = value },
                    "state" => settings with { State = value },
                    "layers" => settings with { Layers = value },
                    "sockets" => settings with { Sockets = value },
                    _ => throw new MalformedException(file, member.Name, "is no setting of the shim"),
                };
            }

            return settings;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new MalformedException(file, "json", wrong.Message, inner: wrong);
        }
    }
}
