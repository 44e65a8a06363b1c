using Cove.Policy.Explanation;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Tests.Templates;

/// <summary>The templates that this repository ships are read and yield policies.</summary>
public sealed class SampleTemplateTests
{
    [Fact]
    public void The_sealed_note_yields_a_policy_of_its_two_containers_and_nothing_from_outside()
    {
        var template = ArmTemplate.Parse(File.ReadAllBytes(Find("samples", "sealed-note", "template.json")));
        var group = Assert.Single(template.Groups);
        Assert.Equal(RestartPolicy.Never, group.RestartPolicy);
        var summary = PolicyExplainer.Explain(PolicyGenerator.Generate(group, _ => Samples.Image));
        Assert.Empty(summary.Document.Fragments);
        Assert.Equal(["note", "skr", "pause-container"], summary.Document.Containers.Select(container => container.Name));
        Assert.DoesNotContain(summary.Warnings, warning => warning.Severity == WarningSeverity.Danger);
    }

    private static string Find(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cove.slnx"))) return Path.Combine([folder.FullName, .. parts]);
        }

        throw new DirectoryNotFoundException("the repository is not above the tests");
    }
}
