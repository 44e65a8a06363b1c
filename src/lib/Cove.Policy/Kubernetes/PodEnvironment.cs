using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Kubernetes;

/// <summary>
/// The environment of a pod's container: <c>envFrom</c>, then <c>env</c>, where the later one wins; values from ConfigMaps and Secrets in place,
/// references to earlier variables expanded as a kubelet does.
/// </summary>
internal sealed class PodEnvironment(ClusterResources resources, bool approveWildcards)
{
    // Virtual nodes put their own values in place of these.
    private const string PlaceholderStart = "^===VIRTUALNODE2.CC.THIM.";
    private const string PlaceholderEnd = "===$";

    internal IReadOnlyList<EnvironmentVariable> Read(ArmFields container)
    {
        var variables = new List<EnvironmentVariable>();
        foreach (var source in container.Objects("envFrom")) From(source, variables);
        foreach (var fields in container.Objects("env"))
        {
            var name = fields.RequiredText("name");
            if (name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
                throw new MalformedException(KubernetesFile.Format, fields.At("name"), "contains '=' or a null character");
            var value = Value(fields, container);
            variables.RemoveAll(known => known.Name == name);
            if (value is not { IsLeftOut: true }) variables.Add(new EnvironmentVariable(name, value is { Text: { } text } ? Expansion.Expand(text, variables) : null));
        }

        return variables;
    }

    private readonly record struct Found(TemplateText? Text, bool IsLeftOut = false);

    private Found? Value(ArmFields fields, ArmFields container)
    {
        if (fields.Has("value"))
        {
            var value = fields.Source["value"] is ArmText text
                ? text.Value
                : throw new MalformedException(KubernetesFile.Format, fields.At("value"), $"is a {fields.Source["value"]!.Kind}, expected a string: quote it");
            return IsPlaceholder(value) ? null : new Found(new TemplateText(value));
        }

        if (fields.Object("valueFrom") is not { } from) return new Found(new TemplateText(""));
        if (from.Object("configMapKeyRef") is { } map) return Reference(map, "ConfigMap", resources.ConfigMap(map.RequiredText("name")));
        if (from.Object("secretKeyRef") is { } secret) return Reference(secret, "Secret", resources.Secret(secret.RequiredText("name")));
        if (from.Object("fieldRef") is not null) return null; // known once the pod is placed
        return from.Object("resourceFieldRef") is { } resource
            ? new Found(new TemplateText(Resource(resource, container)))
            : throw new MalformedException(KubernetesFile.Format, from.Path, "is none of configMapKeyRef, secretKeyRef, fieldRef and resourceFieldRef");
    }

    private Found? Reference(ArmFields reference, string kind, IReadOnlyDictionary<string, TemplateText>? entries)
    {
        var key = reference.RequiredText("key");
        if (entries?.TryGetValue(key, out var text) == true) return new Found(text);
        if (reference.Flag("optional", otherwise: false)) return new Found(null, IsLeftOut: true);
        if (entries is null && approveWildcards) return null;
        throw new MalformedException(KubernetesFile.Format, reference.Path, entries is null
            ? $"names the {kind} '{reference.RequiredText("name")}', which is not in the file: add it, or approve any value (--approve-wildcards)"
            : $"names '{key}', which the {kind} '{reference.RequiredText("name")}' does not have");
    }

    private static string Resource(ArmFields reference, ArmFields container)
    {
        if (reference.Text("containerName") is { } other && other != container.Text("name"))
            throw new MalformedException(KubernetesFile.Format, reference.At("containerName"), $"is {other}: only the container's own resources are handled");
        var parts = reference.RequiredText("resource").Split('.', 2);
        return (parts is [var list, var name] ? container.Object("resources")?.Object(list)?.Text(name) : null)
            ?? throw new MalformedException(KubernetesFile.Format, reference.At("resource"), "names a request or limit that the container does not have");
    }

    private void From(ArmFields source, List<EnvironmentVariable> variables)
    {
        var prefix = source.Text("prefix") ?? "";
        var (reference, kind) = source.Object("configMapRef") is { } map ? (map, "ConfigMap")
            : source.Object("secretRef") is { } secret ? (secret, "Secret")
            : throw new MalformedException(KubernetesFile.Format, source.Path, "is neither configMapRef nor secretRef");
        var name = reference.RequiredText("name");
        if ((kind == "ConfigMap" ? resources.ConfigMap(name) : resources.Secret(name)) is not { } entries)
        {
            if (reference.Flag("optional", otherwise: false)) return;
            throw new MalformedException(KubernetesFile.Format, reference.Path, $"names the {kind} '{name}', which is not in the file: its variables' names are not known");
        }

        foreach (var (key, value) in entries)
        {
            variables.RemoveAll(known => known.Name == prefix + key);
            variables.Add(new EnvironmentVariable(prefix + key, value));
        }
    }

    private static bool IsPlaceholder(string value) =>
        value.StartsWith(PlaceholderStart, StringComparison.Ordinal) && value.EndsWith(PlaceholderEnd, StringComparison.Ordinal)
        && value.Length > PlaceholderStart.Length + PlaceholderEnd.Length;
}
