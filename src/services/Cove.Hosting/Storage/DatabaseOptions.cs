using System.Net;
using Cove.Hosting.CommandLine;
using Cove.Outcomes;
using Npgsql;

namespace Cove.Hosting.Storage;

/// <summary>Where a service keeps its state: <c>--data FOLDER</c> for one instance, <c>--postgres FILE</c> where several share it.</summary>
public sealed class DatabaseOptions
{
    private const int MaximumFileLength = 16 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string? _folder;
    private readonly string? _connectionString;

    private DatabaseOptions(string? folder, string? connectionString) => (_folder, _connectionString) = (folder, connectionString);

    /// <summary>The options' names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["--data", "--postgres"];

    /// <summary>Whether other instances may share the state.</summary>
    public bool IsShared => _connectionString is not null;

    /// <summary>Reads the options.</summary>
    /// <exception cref="UsageException">Neither or both were given, or the file has no connection string that is safe to use.</exception>
    public static DatabaseOptions From(ServiceArguments arguments, string usage) => (arguments.Optional("--data"), arguments.Optional("--postgres")) switch
    {
        ({ } folder, null) => InFolder(folder),
        (null, { } file) => new DatabaseOptions(null, Read(arguments.CheckFile("--postgres", file))),
        _ => throw new UsageException("give either --data or --postgres", usage),
    };

    /// <summary>A file in this folder.</summary>
    public static DatabaseOptions InFolder(string folder) => new(folder, null);

    /// <summary>Opens it and brings its schema up to date.</summary>
    /// <param name="fileName">Of the SQLite file, within the folder; the folder is made where it is not there, for its owner alone.</param>
    /// <param name="sqlite">The schema for SQLite.</param>
    /// <param name="postgres">The schema for PostgreSQL.</param>
    /// <exception cref="UnavailableException">It cannot be opened.</exception>
    public Database Open(string fileName, IReadOnlyList<string> sqlite, IReadOnlyList<string> postgres)
    {
        if (_connectionString is not null) return Database.OpenPostgres(_connectionString, postgres);
        Directory.CreateDirectory(_folder!, OwnerOnly);
        return Database.Open(Path.Combine(_folder!, fileName), sqlite);
    }

    // In a file, because it may hold a password.
    private static string Read(string file)
    {
        const string hint = "write one line such as Host=db.example;Database=cove;Username=cove;Password=...;SSL Mode=VerifyFull;Root Certificate=ca.pem";
        try
        {
            if (new FileInfo(file).Length > MaximumFileLength) throw new UsageException($"--postgres names {file}, which is longer than {MaximumFileLength} bytes", hint);
            if ((File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None)
                throw new UsageException($"--postgres names {file}, which everybody may read", $"chmod 600 {file}");
            var settings = new NpgsqlConnectionStringBuilder(File.ReadAllText(file).Trim());
            if (string.IsNullOrEmpty(settings.Host)) throw new UsageException($"--postgres names {file}, which names no host", hint);
            if (!IsLocal(settings.Host) && settings.SslMode is not SslMode.VerifyFull)
                throw new UsageException($"--postgres names {file}, which connects to {settings.Host} without verifying it", hint);
            return settings.ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--postgres names {file}, which holds no connection string: {e.Message}", hint);
        }
    }

    // A Unix socket's folder, or this machine itself.
    private static bool IsLocal(string host) => host.Split(',').All(one => one.StartsWith('/') || one == "localhost" || (IPAddress.TryParse(one, out var address) && IPAddress.IsLoopback(address)));
}
