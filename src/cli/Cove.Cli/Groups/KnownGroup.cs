using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Launch;

namespace Cove.Cli.Groups;

/// <summary>A group as its folder on this host describes it.</summary>
internal sealed class KnownGroup
{
    private KnownGroup(string folder, GroupState state) => (Folder, State) = (folder, state);

    public string Folder { get; }

    public GroupState State { get; }

    public GroupStatus Status => RuntimeLives ? GroupStatus.Running
        : GuestLives ? GroupStatus.Orphaned
        : State.Containers.All(container => container.ExitCode is not null) ? GroupStatus.Ended
        : GroupStatus.Lost;

    /// <summary>The runtime holds the lock file for as long as it lives, whatever ends it.</summary>
    public bool RuntimeLives
    {
        get
        {
            try
            {
                using var free = new FileStream(Path.Combine(Folder, GroupState.LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    public bool GuestLives => State.AgentProcess is { } agent && Development.ServiceProcess.IsAlive(agent, AgentSocket);

    private string AgentSocket => Path.Combine(Folder, GroupState.AgentSocketName);

    /// <summary>Every group that this host knows, by name.</summary>
    public static IReadOnlyList<KnownGroup> All(CoveHome home) =>
        !Directory.Exists(home.Groups)
            ? []
            : [.. Directory.GetDirectories(home.Groups).Order(StringComparer.Ordinal).Select(folder => Read(folder)).OfType<KnownGroup>()];

    /// <summary>One group.</summary>
    /// <exception cref="CommandFailedException">There is none of this name.</exception>
    public static KnownGroup Find(CoveHome home, string name) =>
        Read(home.Group(name)) ?? throw CommandFailedException.Usage("group-unknown", $"no group of this name, {name}", "cove ps");

    /// <summary>One of its containers; may be left out where there is only one.</summary>
    public GroupContainer Container(string? name)
    {
        if (name is null && State.Containers is [var only]) return only;
        return State.Containers.FirstOrDefault(container => container.Name == name)
            ?? throw CommandFailedException.Usage(
                "container-unknown",
                name is null ? $"group {State.Group} has several containers" : $"group {State.Group} has no container {name}",
                $"name one of: {string.Join(", ", State.Containers.Select(container => container.Name))}");
    }

    /// <summary>A connection to the group's guest.</summary>
    public async Task<GuestClient> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            return await GuestClient.ConnectAsync(AgentSocket, cancellation: cancellation);
        }
        catch (UnavailableException)
        {
            throw CommandFailedException.Unavailable("group-not-running", $"group {State.Group} is not running", "cove run -d TEMPLATE keeps one running");
        }
    }

    /// <summary>The file with what a container printed.</summary>
    public string Log(GroupContainer container) => Path.Combine(Folder, GroupState.LogsName, container.Name + ".log");

    private static KnownGroup? Read(string folder)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, GroupState.FileName));
            return JsonSerializer.Deserialize(bytes, LaunchJson.Default.GroupState) is { } state ? new KnownGroup(folder, state) : null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException damaged)
        {
            throw new MalformedException("group state", folder, $"cannot be read: {damaged.Message}", inner: damaged);
        }
    }
}
