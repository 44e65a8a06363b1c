namespace Cove.Policy.Templates;

/// <summary>
/// Brings containers of the first form of descriptions, which had no <c>properties</c> (<c>containerImage</c>, <c>mounts</c>, <c>allow_elevated</c>;
/// spec §6.7), into the present one.
/// </summary>
internal static class FlatDescription
{
    /// <summary>Whether a description holds such containers.</summary>
    internal static bool Holds(ArmObject root) => Containers(root).Any(IsFlat);

    /// <summary>The same description with every container in the present form.</summary>
    internal static ArmObject Upgrade(ArmObject root) => new(
    [
        .. root.Members.Where(member => !Is(member, "containers") && !Is(member, "version")),
        Member("version", new ArmText("1.0")),
        Member("containers", new ArmArray([.. Containers(root).Select(container => IsFlat(container) ? Upgraded((ArmObject)container) : container)])),
    ]);

    private static IReadOnlyList<ArmValue> Containers(ArmObject root) => root["containers"] is ArmArray list ? list.Items : [];

    private static bool IsFlat(ArmValue container) => container is ArmObject members && members["containerImage"] is not null && members["properties"] is null;

    private static ArmObject Upgraded(ArmObject container)
    {
        var properties = new List<KeyValuePair<string, ArmValue>> { Member("image", container["containerImage"]!) };
        foreach (var name in (string[])["command", "workingDir", "execProcesses", "livenessProbe", "readinessProbe"])
        {
            if (container[name] is { } value) properties.Add(Member(name, value));
        }

        if (container["environmentVariables"] is ArmArray variables)
            properties.Add(Member("environmentVariables", new ArmArray([.. variables.Items.Select(Variable)])));
        if (container["mounts"] is { } mounts) properties.Add(Member("volumeMounts", mounts));
        if (container["allow_elevated"] is { } elevated) properties.Add(Member("securityContext", new ArmObject([Member("privileged", elevated)])));
        return new ArmObject([Member("name", container["name"] ?? container["containerImage"]!), Member("properties", new ArmObject(properties))]);
    }

    private static ArmValue Variable(ArmValue variable) => variable is ArmObject members
        ? new ArmObject(
        [
            .. members.Members.Where(member => !Is(member, "strategy") && !Is(member, "required")),
            Member("regex", new ArmBool(members["strategy"] is ArmText { Value: "re2" })),
        ])
        : variable;

    private static bool Is(KeyValuePair<string, ArmValue> member, string name) => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static KeyValuePair<string, ArmValue> Member(string name, ArmValue value) => KeyValuePair.Create(name, value);
}
