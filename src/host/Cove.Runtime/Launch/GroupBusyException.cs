namespace Cove.Runtime.Launch;

/// <summary>A group of this name is running already.</summary>
internal sealed class GroupBusyException(string group) : Exception($"a group named {group} is running");
