using System.Text.Json.Serialization;

namespace Cove.Cli.Groups;

/// <summary>A group in <c>cove ps --json</c>.</summary>
internal sealed record GroupRow(string Name, GroupStatus Status, string Isolation, bool Simulated, string PolicyHash, DateTimeOffset Launched, IReadOnlyList<ContainerRow> Containers);

/// <summary>A container in <c>cove ps --json</c>.</summary>
internal sealed record ContainerRow(string Name, int? ExitCode);

/// <summary>A container's output in <c>cove logs --json</c>.</summary>
internal sealed record LogRow(string Container, string Logs);

/// <summary>The end of a process in <c>cove exec --json</c>.</summary>
internal sealed record ExecRow(int ExitCode, string Stdout, string Stderr);

/// <summary>What <c>cove stop</c> and <c>cove rm</c> did.</summary>
internal sealed record GroupDone(string Name, string Done);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<GroupRow>))]
[JsonSerializable(typeof(IReadOnlyList<LogRow>))]
[JsonSerializable(typeof(ExecRow))]
[JsonSerializable(typeof(GroupDone))]
internal sealed partial class GroupJson : JsonSerializerContext;
