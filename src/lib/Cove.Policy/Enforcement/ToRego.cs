using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>Requests as Rego values, with the member names of spec §2.4.</summary>
internal static class ToRego
{
    internal static RegoArray Texts(IEnumerable<string> texts) => RegoArray.Of([.. texts.Select(RegoValue.Of)]);

    internal static RegoObject Capabilities(CapabilitySets sets)
    {
        var members = RegoObject.Empty;
        foreach (var (name, list) in sets.Named) members = members.With(name, Texts(list));
        return members;
    }

    internal static RegoObject Identity(Identity identity) => RegoObject.Of(("id", RegoValue.Of(identity.Id)), ("name", RegoValue.Of(identity.Name)));

    internal static RegoValue Mount(PolicyMount mount) => RegoObject.Of(
        ("destination", RegoValue.Of(mount.Destination)),
        ("options", Texts(mount.Options)),
        ("source", RegoValue.Of(mount.Source)),
        ("type", RegoValue.Of(mount.Type)));

    internal static RegoObject Request(CreateContainerRequest request) => RegoObject.Of(
        ("containerID", RegoValue.Of(request.ContainerId)),
        ("argList", Texts(request.Process.Command)),
        ("envList", Texts(request.Process.Environment)),
        ("workingDir", RegoValue.Of(request.Process.WorkingDirectory)),
        ("sandboxDir", RegoValue.Of(request.SandboxDirectory)),
        ("hugePagesDir", RegoValue.Of(request.HugePagesDirectory)),
        ("mounts", RegoArray.Of([.. request.Mounts.Select(Mount)])),
        ("devices", RegoArray.Of([.. request.Devices.Select(device => RegoObject.Of(("path", RegoValue.Of(device))))])),
        ("privileged", RegoValue.Of(request.Privileged)),
        ("noNewPrivileges", RegoValue.Of(request.Process.NoNewPrivileges)),
        ("user", Identity(request.Process.User)),
        ("groups", RegoArray.Of([.. request.Process.Groups.Select(Identity)])),
        ("umask", RegoValue.Of(request.Process.Umask)),
        ("capabilities", Capabilities(request.Process.Capabilities)),
        ("seccompProfileSHA256", RegoValue.Of(request.SeccompProfileSha256)),
        ("isSandboxContainer", RegoValue.Of(request.IsSandboxContainer)));

    internal static RegoObject Request(string containerId, ProcessRequest process) => RegoObject.Of(
        ("containerID", RegoValue.Of(containerId)),
        ("argList", Texts(process.Command)),
        ("envList", Texts(process.Environment)),
        ("workingDir", RegoValue.Of(process.WorkingDirectory)),
        ("noNewPrivileges", RegoValue.Of(process.NoNewPrivileges)),
        ("user", Identity(process.User)),
        ("groups", RegoArray.Of([.. process.Groups.Select(Identity)])),
        ("umask", RegoValue.Of(process.Umask)),
        ("capabilities", Capabilities(process.Capabilities)));
}
