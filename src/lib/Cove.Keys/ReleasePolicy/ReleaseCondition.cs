using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Keys.ReleasePolicy;

/// <summary>A condition on a token's claims: on one claim, or any or all of a list.</summary>
internal abstract record ReleaseCondition
{
    protected const string Section = "Key Vault key release policy grammar";

    /// <summary>True when it holds; otherwise what did not, appended to the findings.</summary>
    public abstract bool Holds(JsonElement claims, List<Finding> findings);

    /// <summary>Writes it as the services normalise it.</summary>
    public abstract void WriteTo(Utf8JsonWriter writer);
}
