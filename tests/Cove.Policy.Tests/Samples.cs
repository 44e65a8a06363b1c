using System.Text;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Tests;

/// <summary>Templates and image facts that several tests share.</summary>
internal static class Samples
{
    internal const string Layer1 = "1111111111111111111111111111111111111111111111111111111111111111";
    internal const string Layer2 = "2222222222222222222222222222222222222222222222222222222222222222";

    internal static ImageFacts Image { get; } = new()
    {
        Layers = [Layer1, Layer2],
        Entrypoint = ["/app"],
        Cmd = ["run"],
        Environment = ["PATH=/bin"],
        User = "1000:1000",
        WorkingDirectory = "/w",
    };

    internal static ArmTemplate Parse(string template, string? parameters = null, ArmContext? context = null) =>
        ArmTemplate.Parse(Encoding.UTF8.GetBytes(template), parameters is null ? null : Encoding.UTF8.GetBytes(parameters), context);

    /// <summary>A template of one group with one container; the texts go in as further members.</summary>
    internal static string Group(string containerMembers = "", string groupMembers = "", string rootMembers = "") => $$"""
        {
          {{rootMembers}}
          "resources": [
            {
              "type": "Microsoft.ContainerInstance/containerGroups",
              "name": "g",
              "properties": {
                {{groupMembers}}
                "containers": [ { "name": "app", "properties": { {{containerMembers}} "image": "example/app:1" } } ]
              }
            }
          ]
        }
        """;
}
