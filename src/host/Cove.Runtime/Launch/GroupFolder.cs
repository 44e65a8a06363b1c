using System.Text.Json;
using Cove.Formats.Files;
using Cove.Protocol.Launch;

namespace Cove.Runtime.Launch;

/// <summary>
/// A group's folder on the host: its state file, sockets and logs. Held locked for as long as the runtime lives, so that anyone can
/// tell a running group from the remains of one.
/// </summary>
internal sealed class GroupFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream held;
    private readonly Lock turn = new();

    private GroupFolder(string path, FileStream held) => (Path, this.held) = (path, held);

    public string Path { get; }

    public string AgentSocket => At(GroupState.AgentSocketName);

    public string ProcessorSocket => At(GroupState.ProcessorSocketName);

    /// <summary>The agent's own folder. It lies on the host's disk, but nothing in it is believed: layers are checked as they are copied.</summary>
    public string Guest => At("guest");

    /// <summary>What a machine's port is connected to.</summary>
    public string PortSocket => At("port.sock");

    /// <summary>Where a machine's monitor takes commands.</summary>
    public string MonitorSocket => At("monitor.sock");

    /// <summary>The disk that takes what a machine's containers write.</summary>
    public string ScratchFile => At("scratch");

    /// <summary>What a machine's monitor itself printed.</summary>
    public string MonitorLog => At("monitor.log");

    /// <summary>What the agent itself printed.</summary>
    public string AgentLog => At("agent.log");

    /// <summary>Takes the folder for one run of a group, removing what an earlier run left.</summary>
    /// <exception cref="GroupBusyException">A runtime holds it.</exception>
    public static GroupFolder Take(string path)
    {
        Directory.CreateDirectory(path, OwnerOnly);
        FileStream held;
        try
        {
            held = new FileStream(System.IO.Path.Combine(path, GroupState.LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new GroupBusyException(System.IO.Path.GetFileName(path));
        }

        var folder = new GroupFolder(path, held);
        foreach (var left in new[] { folder.AgentSocket, folder.ProcessorSocket, folder.PortSocket, folder.MonitorSocket, folder.ScratchFile, folder.At(GroupState.FileName) }) File.Delete(left);
        if (Directory.Exists(folder.Logs)) Directory.Delete(folder.Logs, recursive: true);
        foreach (var remains in new[] { folder.Guest, folder.Trees })
        {
            if (Directory.Exists(remains)) Directory.Delete(remains, recursive: true);
        }

        Directory.CreateDirectory(folder.Logs, OwnerOnly);
        Directory.CreateDirectory(folder.Guest, OwnerOnly);
        return folder;
    }

    /// <summary>A container's log, created empty.</summary>
    public FileStream OpenLog(string container) =>
        new(System.IO.Path.Combine(Logs, container + ".log"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);

    /// <summary>The file with a layer's hash tree, for the machine's disk that has it.</summary>
    public string Tree(int disk)
    {
        Directory.CreateDirectory(Trees, OwnerOnly);
        return System.IO.Path.Combine(Trees, disk.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Replaces the state file as a whole.</summary>
    public void Write(GroupState state)
    {
        lock (turn)
            WholeFile.Replace(At(GroupState.FileName), JsonSerializer.SerializeToUtf8Bytes(state, LaunchJson.Default.GroupState));
    }

    public void Dispose() => held.Dispose();

    private string Trees => At("trees");

    private string Logs => At(GroupState.LogsName);

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
