using Cove.Policy.Model;

namespace Cove.Policy.Kubernetes;

/// <summary>A pod of a file, and where its policy belongs.</summary>
/// <param name="Group">The pod as a container group.</param>
/// <param name="Document">Which document of the file, from 0.</param>
/// <param name="PolicyPath">The member names from the document's root to the annotation that carries the policy.</param>
public sealed record KubernetesPod(ContainerGroup Group, int Document, IReadOnlyList<string> PolicyPath);
