using Cove.Policy;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Cli.Commands.Policy;

/// <summary>A template, and the facts of every image in it.</summary>
internal sealed record ReadTemplate(string Path, ArmTemplate Template, IReadOnlyDictionary<string, ImageFacts> Facts, GeneratorOptions Options)
{
    /// <summary>The policy of one of its groups.</summary>
    public PolicyText Policy(ContainerGroup group) => PolicyGenerator.Generate(group, name => Facts[name], Options);

    /// <summary>The one group that a command about one policy means.</summary>
    /// <exception cref="CommandFailedException">There are several.</exception>
    public ContainerGroup OnlyGroup() => Template.Groups is [var only]
        ? only
        : throw CommandFailedException.Usage("several-groups", $"the template describes {Template.Groups.Count} container groups, {Path}", "cove policy generate --inject puts a policy into each");
}
