using System.Text.Json;
using Cove.Keys.Release;

namespace Cove.Keys.Vault;

/// <summary>The attributes of a key version. Times are whole seconds.</summary>
public sealed record KeyAttributes
{
    /// <summary>Whether the key may be used at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether it may be released.</summary>
    public bool Exportable { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its attributes last changed.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>From when it may be used.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Until when it may be used.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Days between deletion and the end of recoverability.</summary>
    public int RecoverableDays { get; init; } = 90;

    /// <summary>The <c>recoveryLevel</c> that follows from the days: customised below 90.</summary>
    public string RecoveryLevel => RecoverableDays < 90 ? "CustomizedRecoverable+Purgeable" : "Recoverable+Purgeable";

    /// <summary>Writes them as an object, members in the dialect's order.</summary>
    public void WriteTo(Utf8JsonWriter writer, ReleaseDialect dialect)
    {
        writer.WriteStartObject();
        if (dialect == ReleaseDialect.ManagedHsm)
        {
            writer.WriteNumber("created", Created.ToUnixTimeSeconds());
            writer.WriteBoolean("enabled", Enabled);
            if (Expires is { } exp) writer.WriteNumber("exp", exp.ToUnixTimeSeconds());
            writer.WriteBoolean("exportable", Exportable);
            if (NotBefore is { } nbf) writer.WriteNumber("nbf", nbf.ToUnixTimeSeconds());
            writer.WriteNumber("recoverableDays", RecoverableDays);
            writer.WriteString("recoveryLevel", RecoveryLevel);
            writer.WriteNumber("updated", Updated.ToUnixTimeSeconds());
        }
        else
        {
            writer.WriteBoolean("enabled", Enabled);
            if (NotBefore is { } nbf) writer.WriteNumber("nbf", nbf.ToUnixTimeSeconds());
            if (Expires is { } exp) writer.WriteNumber("exp", exp.ToUnixTimeSeconds());
            writer.WriteNumber("created", Created.ToUnixTimeSeconds());
            writer.WriteNumber("updated", Updated.ToUnixTimeSeconds());
            writer.WriteString("recoveryLevel", RecoveryLevel);
            writer.WriteNumber("recoverableDays", RecoverableDays);
            writer.WriteBoolean("exportable", Exportable);
        }

        writer.WriteEndObject();
    }
}
