using System.Globalization;

namespace Cove.Agent.Containers;

/// <summary>A control group's figures, under version 2 or the controllers of version 1.</summary>
internal sealed class Cgroup(string path)
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Processes in it; 0 where it is gone.</summary>
    public int Processes => Lines("cgroup.procs") ?? Lines("pids/", "cgroup.procs") ?? Lines("memory/", "cgroup.procs") ?? 0;

    /// <summary>Memory it uses; null where nobody counts.</summary>
    public long? MemoryBytes => Number($"{Root}{path}/memory.current") ?? Number($"{Root}/memory{path}/memory.usage_in_bytes");

    /// <summary>Processor time its processes have used; null where nobody counts.</summary>
    public long? ProcessorNanoseconds => Entry($"{Root}{path}/cpu.stat", "usage_usec") * 1000 ?? Number($"{Root}/cpuacct{path}/cpuacct.usage");

    /// <summary>Removes an agent's group and those of containers in it, in every hierarchy. All are empty once the agent's namespace is gone.</summary>
    public static void Remove(string path)
    {
        if (path.Length < 2 || !Directory.Exists(Root)) return;
        foreach (var hierarchy in Directory.GetDirectories(Root).Append(Root))
        {
            var folder = hierarchy + path;
            if (!Directory.Exists(folder)) continue;
            foreach (var group in Directory.GetDirectories(folder).Append(folder)) RemoveEmpty(group);
        }
    }

    private static void RemoveEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception used) when (used is IOException or UnauthorizedAccessException)
        {
            // Something still runs in it, or it is not this agent's to remove.
        }
    }

    private int? Lines(string file) => Count($"{Root}{path}/{file}");

    private int? Lines(string controller, string file) => Count($"{Root}/{controller.TrimEnd('/')}{path}/{file}");

    private static int? Count(string file)
    {
        try
        {
            return File.ReadLines(file).Count();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long? Entry(string file, string name)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
            return line is not null && long.TryParse(line.AsSpan(name.Length), CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long? Number(string file)
    {
        try
        {
            return long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
