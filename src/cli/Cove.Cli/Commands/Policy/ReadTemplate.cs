using Cove.Cli.Projects;
using Cove.Policy;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Cli.Commands.Policy;

/// <summary>A description of container groups, and the facts of every image in it.</summary>
internal sealed record ReadTemplate(string Path, GroupFile File, IReadOnlyDictionary<string, ImageFacts> Facts, GeneratorOptions Options)
{
    /// <summary>The policy of one of its groups.</summary>
    public PolicyText Policy(ContainerGroup group) => PolicyGenerator.Generate(group, name => Facts[name], Options);

    /// <summary>The same as data.</summary>
    public PolicyDocument Describe(ContainerGroup group) => PolicyGenerator.Describe(group, name => Facts[name], Options);

    /// <summary>The one group that a command about one policy means.</summary>
    /// <exception cref="CommandFailedException">There are several.</exception>
    public ContainerGroup OnlyGroup() => File.Groups is [var only]
        ? only
        : throw CommandFailedException.Usage("several-groups", $"the {File.Form} describes {File.Groups.Count} container groups, {Path}", "cove policy generate --inject puts a policy into each");

    /// <summary>The file with the policies in their groups.</summary>
    /// <exception cref="CommandFailedException">Its form has no place for a policy.</exception>
    public byte[] With(IReadOnlyDictionary<ContainerGroup, PolicyText> policies) => File.Inject is { } inject
        ? inject(policies)
        : throw CommandFailedException.Usage("inject-impossible", $"a {File.Form} has no place for a policy, {Path}", "print the policy instead");
}
