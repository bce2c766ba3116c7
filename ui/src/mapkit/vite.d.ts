// What are the bundler's special imports? Addresses of files it copies into the build.
declare module '*.json?url' {
  const url: string
  export default url
}
declare module '*?worker&url' {
  const url: string
  export default url
}
