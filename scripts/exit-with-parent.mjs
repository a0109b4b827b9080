// Loaded into the development server: when its parent is killed without a chance to say so, it must not linger on the port.
if (process.channel) process.on("disconnect", () => process.exit());
