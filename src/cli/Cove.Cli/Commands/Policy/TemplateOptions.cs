using System.CommandLine;
using Cove.Cli.Development;
using Cove.Cli.Projects;
using Cove.Images.Oci;
using Cove.Images.Store;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Cli.Commands.Policy;

/// <summary>A template with what it takes to write its policy: the same options for every verb that generates one. `cove run` writes the same policy.</summary>
internal sealed class TemplateOptions
{
    private readonly Option<string?> parameters = new("--parameters", "-p") { HelpName = "file", Description = "a parameter file for the template" };
    private readonly Option<string[]> images = new("--image") { HelpName = "NAME=PATH", Description = "take this image from an archive or a layout folder; by default from the store", AllowMultipleArgumentsPerToken = false };
    private readonly Option<bool> debugMode = new("--debug-mode") { Description = "let the host run shells in the containers and dump stacks: not for secrets" };
    private readonly Option<bool> disableStdio = new("--disable-stdio") { Description = "keep the containers' output inside the guest" };
    private readonly Option<string?> infrastructureSvn = new("--infrastructure-svn") { HelpName = "number", Description = "the lowest security version of Azure's infrastructure fragment" };
    private readonly Option<bool> noFragments = new("--exclude-default-fragments") { Description = "do not take in Azure's infrastructure fragment" };
    private readonly Option<bool> omitId = new("--omit-id") { Description = "leave image names out" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[parameters, images, debugMode, disableStdio, infrastructureSvn, noFragments, omitId]) command.Add(option);
    }

    /// <summary>Reads the template and hashes the images that it names.</summary>
    public async Task<ReadTemplate> Read(Invocation call, string path, CancellationToken cancellation)
    {
        var project = await Project.OpenAsync(call, path, call.Get(parameters), cancellation);
        using var progress = call.Terminal.Progress("reading the template");
        await Import(call, progress, cancellation);
        var template = project.Template(new DevelopmentServices(call.Home, call.Time).State());
        var facts = new Dictionary<string, ImageFacts>(StringComparer.Ordinal);
        foreach (var group in template.Groups)
        {
            var prepared = await new ProjectImages(call, project).PrepareAsync(group, progress, cancellation);
            foreach (var (name, image) in prepared.Images) facts[name] = image.Facts;
        }

        return new ReadTemplate(project.TemplatePath, template, facts, Options(call));
    }

    private async Task Import(Invocation call, Progress progress, CancellationToken cancellation)
    {
        foreach (var pair in call.Get(images) ?? [])
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } path])
                throw CommandFailedException.Usage("image-option-invalid", $"is not NAME=PATH, --image {pair}");
            var full = call.FullPath(path);
            if (!File.Exists(full) && !Directory.Exists(full)) throw CommandFailedException.Usage("file-not-found", $"no such file or folder, {path}");
            progress.Next($"importing {name}");
            var store = new ImageStore(CoveHome.Ensure(call.Home.Images));
            await Task.Run(() => store.Import(full, ImageReference.Parse(name), cancellation), cancellation);
        }
    }

    private GeneratorOptions Options(Invocation call) => new()
    {
        DebugMode = call.Get(debugMode),
        DisableStdio = call.Get(disableStdio),
        InfrastructureSvn = call.Get(infrastructureSvn),
        ExcludeDefaultFragments = call.Get(noFragments),
        OmitId = call.Get(omitId),
    };
}
