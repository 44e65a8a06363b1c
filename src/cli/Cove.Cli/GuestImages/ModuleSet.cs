using Cove.Outcomes;

namespace Cove.Cli.GuestImages;

/// <summary>The modules of a kernel package, and the order in which some of them are to be loaded.</summary>
internal sealed class ModuleSet
{
    private readonly Dictionary<string, string> files;
    private readonly HashSet<string> builtin;

    /// <summary>Looks at <c>lib/modules/VERSION</c> of a kernel package.</summary>
    public ModuleSet(string folder)
    {
        files = Directory.EnumerateFiles(folder, "*.ko", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToDictionary(KernelModule.NameOf, StringComparer.Ordinal);
        builtin = File.ReadLines(Path.Combine(folder, "modules.builtin")).Select(KernelModule.NameOf).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What has to be loaded, in order: each after all that it needs. What the kernel has built in is not among it.</summary>
    /// <param name="wanted">Names of modules that the guest cannot do without.</param>
    /// <param name="optional">Names of modules that only some kernels have.</param>
    /// <exception cref="UnavailableException">The package lacks one that is wanted.</exception>
    public IReadOnlyList<KernelModule> Order(IEnumerable<string> wanted, IEnumerable<string> optional)
    {
        var ordered = new List<KernelModule>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in wanted.Concat(optional.Where(files.ContainsKey))) Add(name);
        return ordered;

        void Add(string name)
        {
            if (!seen.Add(name) || builtin.Contains(name)) return;
            if (!files.TryGetValue(name, out var file)) throw new UnavailableException("kernel package", $"it has no module {name}");
            var module = KernelModule.Read(file);
            foreach (var need in module.Needs) Add(need);
            ordered.Add(module);
        }
    }
}
