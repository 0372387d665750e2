"""Server-rendered pages, their forms and components. Reads and writes through the services of the apps below."""
