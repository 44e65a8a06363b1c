namespace Cove.Policy.Compose;

/// <summary>What a Compose file refers to outside itself.</summary>
/// <param name="Name">The project's name where the file gives none: by habit the folder's.</param>
/// <param name="Variable">The value of a variable that the file may use; null where it is not set.</param>
/// <param name="ReadFile">Reads a file that it names, by its path as written.</param>
public sealed record ComposeSurroundings(string Name, Func<string, string?> Variable, Func<string, byte[]> ReadFile);
