using Cove.Images.Oci;
using Cove.Images.Registry;
using Cove.Policy.Fragments;
using Cove.Policy.Model;

namespace Cove.Cli.Registry;

/// <summary>Where the signed fragments of a group are, beside the files that a user names: under names of their own, and beside its images.</summary>
internal static class FragmentSources
{
    /// <summary>The fragments that a template names (<c>standaloneFragments</c>), fetched from their registries.</summary>
    /// <exception cref="CommandFailedException">A registry has none of that name.</exception>
    public static Task<IReadOnlyList<(string Name, byte[] Content)>> Standalone(Invocation call, ContainerGroup group, CancellationToken cancellation) =>
        Task.Run(() => Fetch(call, group.StandaloneFragments, (client, reference) => Required(reference, RegistryImages.Artifact(client, reference, cancellation))), cancellation);

    /// <summary>The fragments that registries keep beside the group's images; none where an image has none.</summary>
    public static Task<IReadOnlyList<(string Name, byte[] Content)>> Attached(Invocation call, ContainerGroup group, CancellationToken cancellation) =>
        Task.Run(
            () => Fetch(
                call,
                group.AllContainers.Select(container => container.Image).Distinct(StringComparer.Ordinal),
                (client, reference) => RegistryImages.Attached(client, reference, FragmentMediaTypes.Artifact, cancellation)),
            cancellation);

    private static IReadOnlyList<(string Name, byte[] Content)> Fetch(
        Invocation call, IEnumerable<string> names, Func<RegistryClient, ImageReference, IReadOnlyList<AttachedFile>> ask)
    {
        using var http = call.RegistryHttp();
        var fetched = new List<(string Name, byte[] Content)>();
        foreach (var name in names)
        {
            var reference = ImageReference.Parse(name);
            var files = ask(new RegistryClient(http, reference.Registry), reference);
            fetched.AddRange(files.Where(file => file.MediaType == FragmentMediaTypes.Fragment).Select(file => (name, file.Content)));
        }

        return fetched;
    }

    private static IReadOnlyList<AttachedFile> Required(ImageReference reference, IReadOnlyList<AttachedFile> files) =>
        files.Any(file => file.MediaType == FragmentMediaTypes.Fragment)
            ? files
            : throw CommandFailedException.Usage("fragment-missing", $"there is no fragment under {reference}", $"cove policy fragment attach FRAGMENT {reference} --standalone");
}
